import { sleep } from '../../../clock.ts';
import type { Call, StringMap } from '../../../types.ts';
import type { DurabilityCheck, DurabilityRecord } from '../../../types-drill.ts';
import type { WatchDeps } from '../../../types-watch.ts';
import { watchEvery } from '../../../watch-every.ts';
import { type HttpAnswer, send } from '../../run/http-client.ts';
import { fillDraws, fillNames, listOpenNames } from '../../run/placeholders.ts';
import { capture } from '../../run/setup.ts';
import { followSignal } from '../../run/stop.ts';
import {
  type AcknowledgedWrite,
  chooseReads,
  type Fate,
  type JudgedWrite,
  recordWrites,
} from './judge-writes.ts';

/** Writes while a drill runs, and reads back afterwards. */
export interface DurabilityWatch {
  /** Ends the writing, reads back and tells what is gone; `failureAtMs` as in `DrillResult`. Never rejects. */
  finish(failureAtMs: number | null): Promise<readonly DurabilityRecord[]>;
}

export interface DurabilityDeps extends WatchDeps {
  readonly seed: number;
  /** Time between two writes of one check. */
  readonly everyMs?: number;
  /** Limit of all that is asked for afterwards. */
  readonly readLimitMs?: number;
  /** Pause before what seems lost, or gave no answer, is asked for again. */
  readonly retryMs?: number;
}

const EVERY_MS = 200;
const MAX_OPEN_WRITES = 50;
/** Writes that are still under way when the drill ends get so long. */
const LAST_ANSWERS_MS = 1_000;
const MAX_READS = 500;
const READS_AT_ONCE = 8;
const ROUNDS = 4;
const READ_LIMIT_MS = 20_000;
const RETRY_MS = 750;
const MAX_ANSWER_BYTES = 1_000_000;
/** `{{seq}}` fits a column of 32 bits. */
const SEQUENCES = 200_000;
const SEQUENCE_STEP = 10_000;

interface RememberedWrite extends AcknowledgedWrite {
  /** What was captured; `null`: its answer lacks it, so it cannot be read back. */
  readonly values: StringMap | null;
}

/**
 * Makes the write of each check at a small steady rate, remembers those that are acknowledged and, when the drill is
 * over, reads them back. What is not there is asked for again some times before it counts as lost, since a service may
 * store late what it has promised. URLs are complete and credentials in place.
 */
export function watchDurability(checks: readonly DurabilityCheck[], deps: DurabilityDeps): DurabilityWatch {
  const watches = checks.map((check) => watchOne(check, deps));
  return {
    finish: (failureAtMs) => Promise.all(watches.map((finish) => finish(failureAtMs))),
  };
}

function watchOne(
  check: DurabilityCheck,
  deps: DurabilityDeps,
): (failureAtMs: number | null) => Promise<DurabilityRecord> {
  const { everyMs = EVERY_MS } = deps;
  const writes: RememberedWrite[] = [];
  const open = new Set<Promise<void>>();
  const given = new AbortController();
  const stop = followSignal(AbortSignal.any([deps.signal, given.signal]));
  const draw = openDraws(check, deps);
  let refused = 0;
  const write = async () => {
    const answer = await sendCall(draw(), check.write.timeoutMs, { ...deps, stop });
    if (answer.outcome === 'aborted') return;
    if (!isSuccess(answer)) {
      refused += 1;
      return;
    }
    const captured = capture(check.write, answer);
    const values = 'values' in captured ? captured.values : null;
    writes.push({ atMs: answer.endedAtMs - deps.epochMs, values });
  };
  const writing = watchEvery<never>(
    () => async () => {
      if (open.size >= MAX_OPEN_WRITES) return null;
      const sent = write().finally(() => open.delete(sent));
      open.add(sent);
      return null;
    },
    deps,
    everyMs,
  );
  return async (failureAtMs) => {
    await writing.stop();
    const giveUp = setTimeout(() => given.abort(), LAST_ANSWERS_MS);
    await Promise.all(open);
    clearTimeout(giveUp);
    const judged = await readBack(check.read, chooseReads(writes, failureAtMs, MAX_READS), deps);
    const counts = { type: check.type, acknowledged: writes.length, refused, everyMs, failureAtMs };
    return recordWrites(judged, counts);
  };
}

/** Asks for each write; what is not there is asked for again while there is time. */
async function readBack(
  read: Call,
  writes: readonly RememberedWrite[],
  deps: DurabilityDeps,
): Promise<readonly JudgedWrite[]> {
  const { clock, readLimitMs = READ_LIMIT_MS, retryMs = RETRY_MS } = deps;
  const untilMs = clock.now() + readLimitMs;
  const stop = followSignal(AbortSignal.any([deps.signal]));
  const fates = new Map<RememberedWrite, Fate>();
  const ask = async (write: RememberedWrite) => {
    const leftMs = untilMs - clock.now();
    const call = write.values === null ? null : fillNames(read, write.values);
    if (call === null || listOpenNames(call).length > 0 || leftMs <= 0) return;
    const answer = await sendCall(call, Math.min(read.timeoutMs, leftMs), { ...deps, stop });
    const fate = fateOf(answer);
    // What was seen to be gone stays so when the next look gets no answer.
    if (fate !== 'unknown' || !fates.has(write)) fates.set(write, fate);
  };
  for (let round = 0; round < ROUNDS && clock.now() < untilMs && !deps.signal.aborted; round += 1) {
    const open = writes.filter((write) => fates.get(write) !== 'there');
    if (open.length === 0) break;
    if (round > 0) await sleep(clock, retryMs, deps.signal).catch(() => undefined);
    const next = open.values();
    const askOn = async () => {
      for (const write of next) await ask(write);
    };
    await Promise.all(Array.from({ length: READS_AT_ONCE }, askOn));
  }
  return writes.map((write) => ({ atMs: write.atMs, fate: fates.get(write) ?? 'unknown' }));
}

/**
 * Gives the write with other values each time. They are not those of an earlier drill with the same seed, which would
 * be found although they were lost this time.
 */
function openDraws({ type, write }: DurabilityCheck, { seed, clock }: DurabilityDeps): () => Call {
  const date = clock.date();
  const key = { seed, itemKey: `${type} ${date.toISOString()}`, phase: 'durability' };
  const first = (Math.floor(date.getTime() / 1_000) % SEQUENCES) * SEQUENCE_STEP;
  let sequence = 0;
  return () => {
    sequence += 1;
    return { ...write, ...fillDraws(write, { ...key, sequence, number: first + sequence }) };
  };
}

function sendCall(
  { method, url, headers, body }: Call,
  timeoutMs: number,
  { clock, stop }: Pick<DurabilityDeps, 'clock'> & { readonly stop: ReturnType<typeof followSignal> },
): Promise<HttpAnswer> {
  return send(
    { method, url, via: null, headers, body, dueAtMs: clock.now(), timeoutMs },
    { stop, keepBytes: MAX_ANSWER_BYTES, pool: null, clock },
  );
}

function isSuccess({ outcome, status }: HttpAnswer): boolean {
  return outcome === 'answered' && status !== null && status >= 200 && status < 300;
}

function fateOf(answer: HttpAnswer): Fate {
  if (isSuccess(answer)) return 'there';
  return answer.outcome === 'answered' && (answer.status === 404 || answer.status === 410)
    ? 'lost'
    : 'unknown';
}
