import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { startHttpServer } from '../../helpers/http-server.ts';
import { startExample } from './example/start-example.ts';
import { forwardWithToken, type Revision, runSuite } from './suite.ts';

const exceptionsSchema = z.array(
  z.strictObject({
    reason: z.string(),
    servers: z.array(z.enum(['product', 'example'])),
    checks: z.strictObject({ '2025-11-25': z.array(z.string()), '2026-07-28': z.array(z.string()) }),
  }),
);

/** What is known to fail, by reason. */
const EXCEPTIONS = exceptionsSchema.parse(
  JSON.parse(readFileSync(new URL('exceptions.json', import.meta.url), 'utf8')),
);

/** The example has what the suite's scenarios call, and stands on the product's transport. */
const SERVERS = { product: startHttpServer, example: startExample } as const;

test.each<[Revision, keyof typeof SERVERS]>([
  ['2025-11-25', 'product'],
  ['2026-07-28', 'product'],
  ['2025-11-25', 'example'],
  ['2026-07-28', 'example'],
])(
  'the public conformance suite of %s finds nothing in the %s but what is listed with a reason',
  async (revision, name) => {
    const { url, token } = await SERVERS[name]();
    const { failed, passed } = await runSuite(await forwardWithToken(url, token), revision);
    const listed = EXCEPTIONS.filter(({ servers }) => servers.includes(name))
      .flatMap(({ checks }) => checks[revision])
      .toSorted();
    expect({ failed, none: passed.filter((check) => listed.includes(check)) }).toEqual({
      failed: listed,
      none: [],
    });
    expect(passed).toContain('tools-list/tools-list');
  },
);
