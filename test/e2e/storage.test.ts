import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTarget } from '../helpers/http-target.ts';
import { runShell } from '../helpers/shell.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

/** A workspace with one scenario, and a target that counts what it is asked. */
async function prepare() {
  const workspace = await makeTempFolder();
  const seen = { requests: 0 };
  const { url } = await startTarget((_request, response) => {
    seen.requests += 1;
    response.end('ok');
  });
  const scenario = `title: One\nitems:\n- call: { url: ${url}/ }\n  expect: { status: 200 }\n`;
  await writeFile(join(workspace, 's.yaml'), scenario);
  return { workspace, seen };
}

test('where no file can be written any more, a run ends with a clear error before its first request', async () => {
  const { workspace, seen } = await prepare();
  // A file-size limit of 0 is what a full disk is for who writes; nothing of the machine has to be filled.
  const { status, stderr } = await runShell(workspace, ['run', 's.yaml'], { first: 'ulimit -f 0' });
  expect(status).toBe(2);
  expect(stderr).toMatch(/Could not write below .*\.breakwater \(EFBIG\)/);
  expect(stderr).toContain('Free disk space or make that folder writable');
  expect(seen.requests).toBe(0);
});

test('where .breakwater cannot be a folder, a run ends with a clear error before its first request', async () => {
  const { workspace, seen } = await prepare();
  await writeFile(join(workspace, '.breakwater'), 'in the way');
  const { status, stderr } = await runShell(workspace, ['run', 's.yaml']);
  expect(status).toBe(2);
  expect(stderr).toMatch(/Could not write below .*\.breakwater \((EEXIST|ENOTDIR)\)/);
  expect(seen.requests).toBe(0);
});

test('a read-only folder is a clear error before the first request', async ({ skip }) => {
  if (process.getuid?.() === 0) skip('root may write everywhere: run as another user to see this');
  const { workspace, seen } = await prepare();
  await mkdir(join(workspace, '.breakwater'), { mode: 0o555 });
  const { status, stderr } = await runShell(workspace, ['run', 's.yaml']);
  expect(status).toBe(2);
  expect(stderr).toMatch(/Could not write below .*\.breakwater \(EACCES\)/);
  expect(seen.requests).toBe(0);
});

test('a folder that can be written leaves a run behind', async () => {
  const { workspace, seen } = await prepare();
  expect((await runShell(workspace, ['run', 's.yaml'])).status).toBe(0);
  expect(seen.requests).toBe(2);
  expect(await readdir(join(workspace, '.breakwater/runs'))).toHaveLength(2);
});
