import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Clock, sleep } from '../../clock.ts';
import type { ActiveFailure } from '../../types-means.ts';
import { showBytes, showPercent } from '../../units.ts';
import { findProgram } from '../find-program.ts';
import {
  identify,
  isSameRunning,
  type ProcessIdentity,
  readDataBytes,
  readProc,
  readResidentBytes,
} from '../processes.ts';
import { once } from './active.ts';
import type { MeansDeps } from './deps.ts';
import type { MemoryTarget } from './memory-target.ts';

const LOOK_MS = 100;
const PROGRAM_LIMIT_MS = 10_000;
/** The kernel refuses whole pieces, so a process stops short of its limit by the piece that did not fit. */
const REACHED = 0.8;
/** RLIMIT_DATA counts private memory since Linux 4.7. */
const PRESENT = /^Max data size +(\S+)/m;

/** One process with its limit. */
interface Limited {
  readonly identity: ProcessIdentity;
  readonly beforeBytes: number;
  readonly roomBytes: number;
}

/** Limits the data of each process of the target by prlimit(1); gives the reason where that cannot be done. */
export async function limitByData(
  target: MemoryTarget,
  forMs: number,
  deps: MeansDeps,
): Promise<ActiveFailure | string> {
  const program = await findProgram('prlimit', deps.baseEnv);
  if (program === null) return 'prlimit is not on the PATH';
  const limit = readLimit(target.group);
  if (limit === null) return 'the present limits of the service cannot be read';
  const pids = await target.service.listPids();
  const limited = pids.map((pid) => plan(pid, target.share)).filter((one) => one !== null);
  const roomBytes = limited.reduce((sum, one) => sum + one.roomBytes, 0);
  const broke = `the target limited to ${showBytes(roomBytes)} more memory (${showPercent(target.share)} of what it had) by a limit on its data`;
  const processes = limited.map(({ identity }) => identity);
  const note = await deps.journal.open(broke, { kind: 'data_limit', processes, limit });
  const lift = async () => {
    // Children inherit the limit, so all that runs now is freed of it.
    const present = (await target.service.listPids()).map(identify);
    for (const identity of [...processes, ...present]) await liftDataLimit(program, identity, limit);
    await note.close();
  };
  try {
    for (const { identity, beforeBytes, roomBytes: room } of limited) {
      await setDataLimit(program, identity.pid, String(beforeBytes + room));
    }
  } catch (error) {
    await lift();
    return `prlimit was refused (${error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error)})`;
  }
  const over = new AbortController();
  const signal = AbortSignal.any([deps.signal, over.signal]);
  const watching = watchData(limited, { clock: deps.clock, signal });
  const end = once(async () => {
    over.abort();
    await watching;
    await lift();
  });
  void sleep(deps.clock, forMs, signal)
    .then(end, end)
    .catch(() => undefined);
  return { broke, end, evidence: async () => describe(await watching) };
}

function plan(pid: number, share: number): Limited | null {
  const beforeBytes = readDataBytes(pid);
  const resident = readResidentBytes(pid);
  if (beforeBytes === null || resident === null) return null;
  return { identity: identify(pid), beforeBytes, roomBytes: Math.round(resident * share) };
}

/** Gives a process back the limit that it had; says whether it could be. */
export async function liftDataLimit(
  program: string,
  identity: ProcessIdentity,
  limit: string,
): Promise<boolean> {
  if (isSameRunning(identity) !== true) return true;
  return setDataLimit(program, identity.pid, limit).then(
    () => true,
    () => isSameRunning(identity) !== true,
  );
}

/** The soft limit on data, as `prlimit` takes it. */
function readLimit(pid: number): string | null {
  return PRESENT.exec(readProc(`${pid}/limits`) ?? '')?.[1] ?? null;
}

/** Sets the soft limit only, which its owner may raise again. */
async function setDataLimit(program: string, pid: number, limit: string): Promise<void> {
  await promisify(execFile)(program, ['--pid', String(pid), `--data=${limit}:`], {
    timeout: PROGRAM_LIMIT_MS,
    env: {},
  });
}

/** How near the processes came to their limits. */
interface Growth {
  readonly looks: number;
  /** Looks at which every process that still ran had its limit. */
  readonly inForce: number;
  /** Most of the room that one took, as a share of it. */
  readonly share: number;
  /** Processes that ended while they were limited. */
  readonly ended: number;
}

async function watchData(
  limited: readonly Limited[],
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Growth> {
  const growth = { looks: 0, inForce: 0, share: 0 };
  const look = () => {
    const running = limited.filter(({ identity }) => isSameRunning(identity) === true);
    for (const { identity, beforeBytes, roomBytes } of running) {
      const now = readDataBytes(identity.pid) ?? 0;
      growth.share = Math.max(growth.share, (now - beforeBytes) / roomBytes);
    }
    growth.looks += 1;
    if (running.every(isInForce)) growth.inForce += 1;
  };
  look();
  while (!signal.aborted) {
    await sleep(clock, LOOK_MS, signal).catch(() => undefined);
    look();
  }
  return {
    ...growth,
    ended: limited.filter(({ identity }) => isSameRunning(identity) !== true).length,
  };
}

function isInForce({ identity, beforeBytes, roomBytes }: Limited): boolean {
  return readLimit(identity.pid) === String(beforeBytes + roomBytes);
}

/**
 * The failure is the limit under load. A target that stays within its room has withstood it; how near it came is told.
 */
function describe({ looks, inForce, share, ended }: Growth): { value: boolean; evidence: string } {
  const grown = `the limit was on at ${inForce} of ${looks} looks; the target took up to ${showPercent(share)} of the room that was left`;
  const met = share >= REACHED ? '' : ', so it never met the limit';
  return {
    value: inForce > looks / 2,
    evidence:
      ended === 0 ? `${grown}${met}` : `${grown}; ${ended} of its processes ended while it was limited`,
  };
}
