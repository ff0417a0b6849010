import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

/** Makes an empty folder that goes with the test. */
export async function makeTempFolder(): Promise<string> {
  const folder = await makeFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Makes an empty folder that goes with the last test of a file; to be called at its top level. */
export async function makeSharedFolder(): Promise<string> {
  const folder = await makeFolder();
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function makeFolder(): Promise<string> {
  return realpath(await mkdtemp(join(tmpdir(), 'breakwater-test-')));
}
