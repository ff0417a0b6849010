import { execFileSync, spawnSync } from 'node:child_process';

/** Whether named pipes can be made here. */
export const hasPipes = spawnSync('mkfifo', ['--version'], { stdio: 'ignore' }).error === undefined;
if (!hasPipes) {
  if (process.env.BREAKWATER_TEST_REQUIRE_ALL === '1')
    throw new Error('there is no program "mkfifo" on the PATH, and it is required here');
  console.warn('SKIPPED what concerns pipes: there is no program "mkfifo" on the PATH');
}

/** Makes a named pipe, where that can be done. */
export function makePipe(path: string): void {
  if (hasPipes) execFileSync('mkfifo', [path]);
}
