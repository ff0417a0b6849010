import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { findMount } from '../../src/service/control-group.ts';

/** Runs until somebody ends it; its first line is `up`. */
export const IDLE = 'console.log("up"); setInterval(() => {}, 1000);';

/** Starts a script in a process group of its own, which ends with the test; gives its id and its first line. */
export async function startScript(script: string): Promise<{ readonly pid: number; readonly line: string }> {
  const child = spawn(process.execPath, ['-e', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = child.pid ?? 0;
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    // The whole group: a script may have started others.
    process.kill(-pid, 'SIGKILL');
    await once(child, 'exit');
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { pid, line };
}

/** Whether control groups can be made here: by root, or by whom they were delegated to. */
export function mayMakeGroups(): boolean {
  const mount = findMount();
  if (mount === null) return false;
  const folder = join(mount, `breakwater-probe-${process.pid}`);
  try {
    mkdirSync(folder);
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
