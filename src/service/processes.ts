import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** USER_HZ: the unit of times in /proc, 100 on every platform that Node runs on (proc(5)). */
export const TICKS_PER_SECOND = 100;
const BYTES_PER_KB = 1_024;
/** Where the fields of /proc/PID/stat stand behind the name of the program (proc(5)). */
const FIELD = {
  state: 0,
  group: 2,
  user: 11,
  system: 12,
  childUser: 13,
  childSystem: 14,
  start: 19,
} as const;

/** A process as /proc shows it; Linux only. */
export interface ProcessLook {
  readonly pid: number;
  readonly group: number;
  /** `T`: stopped; `Z`: ended and not yet reaped. */
  readonly state: string;
  /** Processor time of its own, in ticks. */
  readonly ownTicks: number;
  /** Processor time of its children that have ended and were waited for, in ticks. */
  readonly childTicks: number;
  /** Ticks from the start of the machine to its own. */
  readonly startTicks: number;
}

/** A process that can be told from a later one with the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Compared only; `null`: the platform does not tell, or it has gone. */
  readonly started: string | null;
}

/** Looks at one process; `null`: there is none, or the platform has no /proc. */
export function lookAtProcess(pid: number): ProcessLook | null {
  const text = readProc(`${pid}/stat`);
  if (text === null) return null;
  // The name of the program may hold spaces and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const read = (field: keyof typeof FIELD) => Number(fields[FIELD[field]]);
  return {
    pid,
    group: read('group'),
    state: fields[FIELD.state] ?? '',
    ownTicks: read('user') + read('system'),
    childTicks: read('childUser') + read('childSystem'),
    startTicks: read('start'),
  };
}

/** Ids of the processes of a group that run now, ascending; on Windows those of the leader only. */
export async function listGroupPids(group: number): Promise<readonly number[]> {
  if (process.platform === 'linux')
    return listRunning()
      .filter((look) => look.group === group)
      .map(({ pid }) => pid);
  if (process.platform === 'win32') return isRunning(group) ? [group] : [];
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,pgid=,stat=']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, pgid, state]) => Number(pgid) === group && state?.startsWith('Z') === false)
    .map(([pid]) => Number(pid))
    .toSorted((a, b) => a - b);
}

/** Resident memory of a process in bytes; `null`: it has gone, or the platform does not tell. */
export function readResidentBytes(pid: number): number | null {
  return readKb(`${pid}/status`, 'VmRSS');
}

/** Private memory that a process may write (RLIMIT_DATA counts it), in bytes; `null` as above. */
export function readDataBytes(pid: number): number | null {
  return readKb(`${pid}/status`, 'VmData');
}

/** A line such as `VmRSS:   1234 kB` of a file of /proc, in bytes; `null`: there is none. */
export function readKb(path: string, name: string): number | null {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readProc(path) ?? '')?.[1];
  return found === undefined ? null : Number(found) * BYTES_PER_KB;
}

/** The text of a file below /proc; `null`: it cannot be read, since the process has gone or the platform has none. */
export function readProc(path: string): string | null {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return null;
  }
}

/** Whether a process with that id runs; one that has ended and waits to be reaped does not. */
export function isRunning(pid: number): boolean {
  const look = lookAtProcess(pid);
  if (look !== null) return look.state !== 'Z';
  if (process.platform === 'linux') return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Notes who that process is, so that it is known again. */
export function identify(pid: number): ProcessIdentity {
  return { pid, started: process.platform === 'linux' ? readStart(pid) : askForStart(pid) };
}

function readStart(pid: number): string | null {
  const look = lookAtProcess(pid);
  const boot = readProc('sys/kernel/random/boot_id')?.trim() ?? '';
  return look === null ? null : `${boot}/${look.startTicks}`;
}

/** When a process was started, to the second, by ps(1); `null`: it has gone, or there is no ps (Windows). */
export function askForStart(pid: number): string | null {
  if (process.platform === 'win32') return null;
  try {
    const options = {
      encoding: 'utf8',
      env: { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' },
      stdio: 'pipe',
    } as const;
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], options).trim() || null;
  } catch {
    return null;
  }
}

/** Whether exactly that process still runs; `null`: something with its id runs, and the platform cannot tell what. */
export function isSameRunning({ pid, started }: ProcessIdentity): boolean | null {
  if (!isRunning(pid)) return false;
  return started === null ? null : identify(pid).started === started;
}

/** Sends a signal to a process if it is still that one; says whether it was sent. */
export function signalSame(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (isSameRunning(identity) !== true) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false;
  }
}

function listRunning(): readonly ProcessLook[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => lookAtProcess(Number(name)) ?? [])
    .filter(({ state }) => state !== 'Z' && state !== 'X');
}
