import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { type Clock, sleep } from '../clock.ts';
import { AppError, systemErrorCode } from '../errors.ts';
import { redact } from '../policy.ts';
import type { StringMap } from '../types.ts';
import { quote } from '../units.ts';
import { type LineRing, openLineRing } from './line-ring.ts';

const STOP_GRACE_MS = 3_000;
/** Time that the pipes of an ended command may take to give their last bytes. */
const DRAIN_MS = 250;
/** A daemon leaves the group of its parent by itself, and not always before that has ended. */
const LEAVE_MS = 1_000;
const LEAVE_LOOK_MS = 10;

/** How a command ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A command that runs in a process group of its own, so that its children end with it. */
export interface ProcessGroup {
  readonly pid: number;
  readonly output: LineRing;
  /** Resolves once the command has ended and its output was read; never rejects. */
  readonly exited: Promise<Ending>;
  /** SIGTERM to the group, SIGKILL after 3 s; resolves once it has ended. May be called again. */
  stop(): Promise<void>;
  /** SIGKILL to the group at once; resolves once it has ended. May be called again. */
  kill(): Promise<void>;
}

export interface SpawnOptions {
  readonly folder: string;
  /** The whole environment of the command. */
  readonly env: StringMap;
  /** Values masked in the output. */
  readonly secrets: readonly string[];
}

/**
 * Starts `command` without a shell. Its output is kept in a ring, its input is empty. When this process ends,
 * even by SIGKILL, the group is killed.
 *
 * @throws AppError SERVICE_NOT_READY when the program does not exist or may not be started.
 */
export async function spawnGroup(
  command: readonly string[],
  options: SpawnOptions,
  clock: Clock,
): Promise<ProcessGroup> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: options.folder,
    env: { ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const output = openLineRing(options.secrets);
  child.stdout.on('data', (bytes: Buffer) => output.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => output.push(bytes));
  const pid = await waitForSpawn(child, command);
  const guard = startGuard(pid);
  let isGone = false;
  const exited = waitForEnd(child, clock).then((ending) => {
    isGone = true;
    guard.kill('SIGKILL');
    return ending;
  });
  let stopped: Promise<void> | null = null;
  return {
    pid,
    output,
    exited,
    stop() {
      // Its id may belong to others by now.
      stopped ??= isGone ? Promise.resolve() : stop(pid, exited, clock);
      return stopped;
    },
    async kill() {
      if (!isGone) signalGroup(pid, 'SIGKILL');
      await exited;
    },
  };
}

async function waitForSpawn(child: ChildProcess, command: readonly string[]): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  } catch (cause) {
    throw cannotStart(command, cause);
  }
  // After the start, 'error' tells of a signal that could not be sent; the end is seen by 'exit' anyway.
  child.on('error', () => undefined);
  if (child.pid === undefined) throw cannotStart(command, null);
  return child.pid;
}

async function waitForEnd(child: ChildProcess, clock: Clock): Promise<Ending> {
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ending = await new Promise<Ending>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  if (ending.code === 0 && child.pid !== undefined) await letDaemonsLeave(child.pid, clock);
  // What a command leaves behind in its group ends with it.
  if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
  await Promise.race([closed, sleep(clock, DRAIN_MS)]);
  // A daemon that it has left may hold its pipes as long as it lives; it must not hold us.
  for (const pipe of [child.stdout, child.stderr]) if (pipe instanceof Socket) pipe.unref();
  return ending;
}

/** Waits until nobody is left in the group of a command that has ended well, for a second at most. */
async function letDaemonsLeave(pid: number, clock: Clock): Promise<void> {
  const untilMs = clock.now() + LEAVE_MS;
  while (hasMembers(pid) && clock.now() < untilMs) await sleep(clock, LEAVE_LOOK_MS);
}

function hasMembers(pid: number): boolean {
  if (process.platform === 'win32') return false;
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
}

async function stop(pid: number, exited: Promise<Ending>, clock: Clock): Promise<void> {
  const done = new AbortController();
  const ended = exited.then(() => done.abort());
  signalGroup(pid, 'SIGTERM');
  await Promise.race([ended, sleep(clock, STOP_GRACE_MS, done.signal).catch(() => undefined)]);
  if (!done.signal.aborted) signalGroup(pid, 'SIGKILL');
  await ended;
}

/** Sends a signal to all processes of a group, at once; nothing happens when nobody is left. Windows: ends them. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    if (process.platform !== 'win32') process.kill(-pid, signal);
    else
      spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' }).on('error', () => undefined);
  } catch (error) {
    // ESRCH: nobody is left. EPERM: macOS says so of a group of zombies.
    if (!['ESRCH', 'EPERM'].includes(systemErrorCode(error) ?? '')) throw error;
  }
}

/** Waits for the end of this process, which closes its input, and kills the group then. */
const GUARD = `
const pid = process.argv[1];
const end = process.platform === 'win32'
  ? () => require('node:child_process').spawnSync('taskkill', ['/pid', pid, '/T', '/F'])
  : () => process.kill(-Number(pid), 'SIGKILL');
process.stdin.resume();
process.stdin.on('close', () => { try { end(); } catch {} });
`;

/** Starts a small process that outlives ours by the time it takes to kill the group. */
function startGuard(pid: number): ChildProcess {
  const guard = spawn(process.execPath, ['-e', GUARD, String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    windowsHide: true,
    env: {},
  });
  guard.on('error', () => undefined);
  guard.stdin?.on('error', () => undefined);
  guard.unref();
  return guard;
}

function cannotStart(command: readonly string[], cause: unknown): AppError {
  const code = systemErrorCode(cause);
  const program = quote(command[0] ?? '');
  const seen =
    code === 'ENOENT'
      ? `The program ${program} was not found`
      : `The program ${program} could not be started (${code ?? 'unknown reason'})`;
  return new AppError(
    'SERVICE_NOT_READY',
    `${seen}; the command is ${quote(redact(command.join(' ')), 120)}.`,
    {
      hint: 'Check the command in breakwater.yaml: each word is one entry of the list, no shell reads it, and its first word must lie on PATH or in the folder.',
      cause,
    },
  );
}
