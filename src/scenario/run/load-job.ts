import { type Clock, systemClock } from '../../clock.ts';
import { tame } from '../../policy.ts';
import { type Member, Roster } from '../../roster.ts';
import type { Call, JsonSchema, UpstreamTls } from '../../types.ts';
import type { Phase, Sample } from '../../types-run.ts';
import type { BodyCheck } from './body-check.ts';
import {
  type ConnectionPool,
  type Endpoint,
  type HttpAnswer,
  MAX_BODY_BYTES,
  openPool,
  send,
} from './http-client.ts';
import { drawTraceparent, fillDraws } from './placeholders.ts';
import { followSignal, type Stop } from './stop.ts';

/** Requests at times fixed beforehand: the n-th is due at `startAtMs + n × intervalMs`. */
export interface LoadJob {
  readonly call: Call;
  readonly via: Endpoint | null;
  /** For TLS straight to a target. */
  readonly tls?: UpstreamTls | undefined;
  /** Hosts other than loopback that may be called without a proxy. Absent: none. */
  readonly allowHosts?: readonly string[] | undefined;
  readonly itemId: string;
  /** Keys what is drawn. */
  readonly itemKey: string;
  readonly phase: Phase;
  readonly step: number;
  readonly firstSequence: number;
  /** Value of `{{seq}}` for the first request. */
  readonly firstNumber: number;
  readonly count: number;
  /** `Clock.now()`. */
  readonly startAtMs: number;
  readonly intervalMs: number;
  /** `Clock.now()` from which the samples' times count. */
  readonly epochMs: number;
  readonly connection: 'per-request' | 'keep-alive';
  readonly seed: number;
  /** Bodies of successful answers are checked against it. */
  readonly bodySchema?: JsonSchema;
}

export interface JobDeps {
  readonly signal: AbortSignal;
  readonly onSample: (sample: Sample) => void;
  readonly clock?: Clock;
}

/** Header by which an edge proxy numbers its exchange, so that sample and ledger join exactly. */
export const EXCHANGE_HEADER = 'x-breakwater-exchange';
const KEPT_BODY_BYTES = 512;
/** Timers fire up to about 1 ms late; arrivals that are further apart than this are awaited by turns of the loop. */
const SPIN_FROM_INTERVAL_MS = 5;
const SPIN_MS = 1.2;

/** A request under way. */
interface Arrival extends Member<Arrival> {
  readonly done: Promise<void>;
}

/** Sends the job's requests, each at its time whether or not earlier ones came back, and waits for the last. */
export async function runJob(job: LoadJob, deps: JobDeps): Promise<void> {
  const clock = deps.clock ?? systemClock;
  const stop = followSignal(deps.signal);
  const pool = job.connection === 'keep-alive' ? openPool() : null;
  const requestDeps = { ...deps, clock, pool, stop, check: checkBodies(job) };
  const open = new Roster<Arrival>();
  try {
    await keepTimes(job, { clock, stop }, (index, dueAtMs) => {
      const done = sendOne(job, index, dueAtMs, requestDeps).finally(() => open.remove(arrival));
      const arrival: Arrival = { done, before: null, after: null };
      open.add(arrival);
    });
    await Promise.all([...open].map(({ done }) => done));
  } finally {
    pool?.close();
  }
}

/**
 * Calls `send` for each arrival when it is due, never early, from one timer for all of them; what became due while
 * the thread was busy goes out at once. Resolves after the last, or when it stops.
 */
function keepTimes(
  { startAtMs, intervalMs, count }: LoadJob,
  { clock, stop }: { readonly clock: Clock; readonly stop: Stop },
  send: (index: number, dueAtMs: number) => void,
): Promise<void> {
  const spinMs = intervalMs >= SPIN_FROM_INTERVAL_MS ? SPIN_MS : 0;
  return new Promise((resolve) => {
    let index = 0;
    let timer: NodeJS.Timeout | null = null;
    const forget = stop.listen(() => {
      if (timer !== null) clearTimeout(timer);
      resolve();
    });
    const tick = () => {
      timer = null;
      if (stop.aborted) return;
      for (let dueAtMs = startAtMs + index * intervalMs; index < count && dueAtMs <= clock.now(); ) {
        send(index, dueAtMs);
        index += 1;
        dueAtMs = startAtMs + index * intervalMs;
      }
      if (index >= count) {
        forget();
        resolve();
        return;
      }
      const leftMs = startAtMs + index * intervalMs - clock.now() - spinMs;
      if (leftMs > 0) timer = setTimeout(tick, leftMs);
      else setImmediate(tick);
    };
    tick();
  });
}

interface RequestDeps extends JobDeps {
  readonly clock: Clock;
  readonly pool: ConnectionPool | null;
  readonly stop: Stop;
  readonly check: (answer: HttpAnswer) => Promise<BodyCheck | null>;
}

/** The validator is heavy: it is loaded with the first answer, which is the pre-flight's where there is one. */
function checkBodies({ bodySchema }: LoadJob): RequestDeps['check'] {
  if (bodySchema === undefined) return async () => null;
  let opened: Promise<(answer: HttpAnswer) => BodyCheck | null> | null = null;
  return async (answer) => {
    opened ??= import('./body-check.ts').then(({ openBodyCheck }) => openBodyCheck(bodySchema));
    return (await opened)(answer);
  };
}

async function sendOne(job: LoadJob, index: number, dueAtMs: number, deps: RequestDeps): Promise<void> {
  const sequence = job.firstSequence + index;
  const key = { ...job, sequence, number: job.firstNumber + index };
  const { url, headers, body } = fillDraws(job.call, key);
  const marks = {
    traceparent: drawTraceparent(key),
    ...(job.via === null ? {} : { [EXCHANGE_HEADER]: String(sequence) }),
  };
  const answer = await send(
    {
      method: job.call.method,
      url,
      via: job.via,
      tls: job.tls,
      allowHosts: job.allowHosts,
      headers: { ...marks, ...headers },
      body,
      dueAtMs,
      timeoutMs: job.call.timeoutMs,
    },
    {
      stop: deps.stop,
      keepBytes: job.bodySchema === undefined ? KEPT_BODY_BYTES : MAX_BODY_BYTES,
      pool: deps.pool,
      clock: deps.clock,
    },
  );
  deps.onSample(toSample(job, sequence, dueAtMs, answer, await deps.check(answer)));
}

function toSample(
  job: LoadJob,
  sequence: number,
  dueAtMs: number,
  answer: HttpAnswer,
  bodyCheck: BodyCheck | null,
): Sample {
  const failed = answer.outcome !== 'answered' || (answer.status ?? 0) >= 400;
  return {
    itemId: job.itemId,
    phase: job.phase,
    sequence,
    step: job.step,
    dueMs: dueAtMs - job.epochMs,
    sentMs: answer.sentAtMs - job.epochMs,
    connectMs: answer.connectMs,
    firstByteMs: answer.firstByteMs,
    latencyMs: answer.endedAtMs - dueAtMs,
    status: answer.status,
    outcome: answer.outcome,
    bytes: answer.bytes,
    contentType: answer.contentType,
    bodyStart: failed && answer.bodyStart !== '' ? tame(answer.bodyStart, KEPT_BODY_BYTES) : null,
    ...(bodyCheck !== null && { bodyCheck }),
    exchange: null,
    dependencyExchanges: [],
  };
}
