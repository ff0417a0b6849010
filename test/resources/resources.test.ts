import { expect, test } from 'vitest';
import runFiles from '../../src/resources/run-files.ts';
import { openStore } from '../../src/store.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

test('files of runs are listed and read, unknown files and other folders are not', async () => {
  const store = openStore(await makeTempFolder());
  await store.writeText('runs/run_0a/report.md', '# Report');
  await store.writeText('runs/run_0a/secret.txt', 'x');
  await store.writeText('runs/latest', 'run_0a');
  expect(await runFiles.list(store)).toEqual([
    { uri: 'breakwater://runs/run_0a/report.md', name: 'run_0a/report.md', title: 'report.md of run_0a' },
  ]);
  expect(await runFiles.read({ run_id: 'run_0a', file: 'report.md' }, store)).toBe('# Report');
  expect(await runFiles.read({ run_id: 'run_0a', file: 'secret.txt' }, store)).toBeNull();
});

test.each([
  { run_id: '..', file: 'report.md' },
  { run_id: 'run_0a/../..', file: 'report.md' },
  { run_id: 'run_0a', file: '../../../etc/passwd' },
  { run_id: 'run_0a', file: 'constructor' },
])('%j does not lead out of the store', async (variables) => {
  const store = openStore(await makeTempFolder());
  await store.writeText('runs/run_0a/report.md', '# Report');
  expect(await runFiles.read(variables, store)).toBeNull();
});
