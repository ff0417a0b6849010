import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTarget } from '../helpers/http-target.ts';
import { repository, startHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const LIMIT_MS = 120_000;

test.each(['reference-fault.yaml', 'reference-lueur.yaml'])(
  'the scenarios of %s run, all eight, and each is judged',
  { timeout: LIMIT_MS },
  async (file) => {
    const workspace = await makeTempFolder();
    await copyFile(join(repository, 'test/golden', file), join(workspace, file));
    const { url } = await startTarget();
    const { call } = await startHost({ workspace });
    let answer = await call('scenario_run', { file, base_url: url, seed: 1 });
    for (const id = /run_[0-9a-f]{16}/.exec(answer.text)?.[0]; answer.text.includes('is still running'); ) {
      answer = await call('run_report', { run_id: id });
    }
    expect(answer.text).toMatch(/finished: 8 items: \d pass, \d fail/);
    expect(answer.text).toMatch(/Full black-hole for 1 ?s.*p95|errors/);
  },
);
