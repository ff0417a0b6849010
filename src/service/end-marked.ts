import { readdirSync } from 'node:fs';
import { sleep, systemClock } from '../clock.ts';
import { isRunning, readProc } from './processes.ts';

const LOOK_MS = 10;
const MAX_LOOKS = 200;

/**
 * Ends, by SIGKILL, every process that inherited the variable `name` with `value`, also one that left the process
 * group in which it was started; resolves once none of them is left, or after two seconds. Linux only: elsewhere the
 * environment of a process is not to be read.
 */
export async function endMarked(name: string, value: string): Promise<void> {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const marked = listMarked(`${name}=${value}`);
    if (marked.length === 0) return;
    for (const pid of marked) end(pid);
    await sleep(systemClock, LOOK_MS);
  }
}

function listMarked(entry: string): readonly number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && readProc(`${name}/environ`)?.split('\0').includes(entry) === true)
    .map(Number)
    .filter(isRunning);
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone by itself.
  }
}
