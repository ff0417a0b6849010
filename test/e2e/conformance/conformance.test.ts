import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { startHttpServer } from '../../helpers/http-server.ts';
import { forwardWithToken, type Revision, runSuite } from './suite.ts';

const exceptionsSchema = z.array(
  z.strictObject({
    reason: z.string(),
    checks: z.strictObject({ '2025-11-25': z.array(z.string()), '2026-07-28': z.array(z.string()) }),
  }),
);

/** What is known to fail, by reason. */
const EXCEPTIONS = exceptionsSchema.parse(
  JSON.parse(readFileSync(new URL('exceptions.json', import.meta.url), 'utf8')),
);

test.each<[Revision]>([['2025-11-25'], ['2026-07-28']])(
  'the public conformance suite of %s finds nothing but what is listed with a reason',
  async (revision) => {
    const { url, token } = await startHttpServer();
    const { failed, passed } = await runSuite(await forwardWithToken(url, token), revision);
    const listed = EXCEPTIONS.flatMap(({ checks }) => checks[revision]).toSorted();
    expect({ failed, none: passed.filter((check) => listed.includes(check)) }).toEqual({
      failed: listed,
      none: [],
    });
    expect(passed).toContain('tools-list/tools-list');
  },
);
