import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allToolsRequired } from '../examples/find-python.ts';
import { startTarget } from '../helpers/http-target.ts';
import { repository } from '../helpers/mcp-client.ts';
import { runShell } from '../helpers/shell.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const NEEDED = ['pandoc', 'weasyprint'];
const missing = NEEDED.filter((program) => spawnSync(program, ['--version']).error !== undefined);
if (missing.length > 0) {
  if (allToolsRequired()) throw new Error(`${missing.join(' and ')} not installed, and required here`);
  console.warn(`SKIPPED the PDF of a report: ${missing.join(' and ')} not installed`);
}

test.skipIf(missing.length > 0)('the line in the README makes a PDF of a report', async () => {
  const readme = await readFile(join(repository, 'README.md'), 'utf8');
  const line = /^pandoc .*$/m.exec(readme)?.[0] ?? '';
  const workspace = await makeTempFolder();
  const { url } = await startTarget();
  const scenario = `title: One\nitems:\n- call: { url: ${url}/ }\n  expect: { status: 200 }\n`;
  await writeFile(join(workspace, 's.yaml'), scenario);
  await runShell(workspace, ['run', 's.yaml']);
  await runShell(workspace, ['report', '--output', 'report.md']);
  const made = spawnSync('/bin/sh', ['-c', line], { cwd: workspace, encoding: 'utf8' });
  expect(made.status).toBe(0);
  expect((await readFile(join(workspace, 'report.pdf'))).subarray(0, 5).toString()).toBe('%PDF-');
});
