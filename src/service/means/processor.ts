import { type Clock, sleep } from '../../clock.ts';
import { AppError } from '../../errors.ts';
import type { ActiveFailure, DrillService } from '../../types-means.ts';
import { showMs, showPercent } from '../../units.ts';
import { signalGroup } from '../process-group.ts';
import { identify, lookAtProcess } from '../processes.ts';
import { demandShare, once } from './active.ts';
import type { MeansDeps } from './deps.ts';

/** One turn: first stopped, then let go. Short against a request, long against the grain of timers. */
const TURN_MS = 100;
/** A target that never runs hangs, which is another failure. */
const MAX_SHARE = 0.99;
/** Below this share of what was asked, it is not said to have acted. */
const ENOUGH = 0.5;

/** What the turns have come to. */
interface Tally {
  turns: number;
  /** Turns at whose end the leader of the group was seen to stand still. */
  seenStopped: number;
  stoppedMs: number;
}

/**
 * Stops the whole process group of the target for `share` of each tenth of a second, for `forMs` at most; the load
 * generator keeps its pace. When this process is killed, so is the target (by its guard): nothing stays stopped.
 *
 * @throws AppError NOT_SUPPORTED on Windows; LIMIT_EXCEEDED for a share above 0.99; SERVICE_NOT_READY when nothing
 * runs.
 */
export async function takeProcessor(
  service: DrillService,
  share: number,
  forMs: number,
  deps: Omit<MeansDeps, 'baseEnv'>,
): Promise<ActiveFailure> {
  demandShare(share, MAX_SHARE, 'the processor');
  if (process.platform === 'win32') throw notOnWindows();
  if (service.groupId() === null) throw notRunning();
  const processes = (await service.listPids()).map(identify);
  const broke = `the target left ${showPercent(1 - share)} of the time to run`;
  const note = await deps.journal.open(broke, { kind: 'continue', processes });
  const over = new AbortController();
  const startMs = deps.clock.now();
  const tally: Tally = { turns: 0, seenStopped: 0, stoppedMs: 0 };
  const signal = AbortSignal.any([deps.signal, over.signal]);
  const turning = takeTurns(service, share, startMs + forMs, tally, { clock: deps.clock, signal });
  let elapsedMs = 0;
  const ended = turning.then(() => {
    elapsedMs = deps.clock.now() - startMs;
  });
  return {
    broke,
    end: once(async () => {
      over.abort();
      await ended;
      await note.close();
    }),
    evidence: async () => describe(tally, share, elapsedMs),
  };
}

/** The edges of all turns lie on one grid, so that late timers shorten no pause and add to none in the mean. */
async function takeTurns(
  service: DrillService,
  share: number,
  untilMs: number,
  tally: Tally,
  deps: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const { clock, signal } = deps;
  const firstMs = clock.now();
  while (!signal.aborted && clock.now() < untilMs) {
    const turn = Math.floor((clock.now() - firstMs) / TURN_MS);
    const letGoMs = Math.min(untilMs, firstMs + (turn + share) * TURN_MS);
    // Read anew: the target may have been started again in the meantime.
    const group = service.groupId();
    if (group !== null && clock.now() < letGoMs) await holdUntil(group, letGoMs, tally, deps);
    const nextMs = firstMs + (turn + 1) * TURN_MS;
    await sleep(clock, Math.max(0, nextMs - clock.now()), signal).catch(() => undefined);
  }
}

async function holdUntil(
  group: number,
  letGoMs: number,
  tally: Tally,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const fromMs = clock.now();
  signalGroup(group, 'SIGSTOP');
  try {
    await clock.sleepUntil(letGoMs, signal).catch(() => undefined);
    if (lookAtProcess(group)?.state === 'T') tally.seenStopped += 1;
  } finally {
    signalGroup(group, 'SIGCONT');
  }
  tally.turns += 1;
  tally.stoppedMs += clock.now() - fromMs;
}

function describe(tally: Tally, share: number, elapsedMs: number): { value: boolean; evidence: string } {
  const stopped = elapsedMs === 0 ? 0 : tally.stoppedMs / elapsedMs;
  const isSeen = process.platform !== 'linux' || tally.seenStopped > 0;
  const seen = process.platform === 'linux' ? `, seen stopped in ${tally.seenStopped}` : '';
  return {
    value: isSeen && stopped >= share * ENOUGH,
    evidence: `the target's processes were stopped for ${showPercent(stopped)} of ${showMs(elapsedMs)}, in ${tally.turns} turns${seen}`,
  };
}

function notOnWindows(): AppError {
  return new AppError('NOT_SUPPORTED', 'Windows cannot stop and continue a process from outside.', {
    hint: 'Ask for the whole machine instead: scope: machine under drills.run of breakwater.yaml.',
  });
}

function notRunning(): AppError {
  return new AppError('SERVICE_NOT_READY', 'The service does not run, so no processor can be taken from it.');
}
