import { systemClock } from '../src/clock.ts';
import { createProxyHost } from '../src/proxy/host.ts';
import { openSender, type Sender } from '../src/scenario/run/sender.ts';
import { percentile, sortValues } from '../src/scenario/verdict/percentile.ts';
import { latencyProgram } from './fault-program.ts';
import type { BenchRow } from './row.ts';
import { sendAt } from './send-at.ts';
import { openUpstream } from './upstreams.ts';

const DELAY_MS = 20;
const RATE_PER_SECOND = 250;
const BLOCK_FROM_MS = 200;
const BLOCK_MS = 500;
const ROUND_MS = 750;
/** Triples of rounds: quiet, quiet again, blocked; each triple begins with another one of them. */
const TRIPLES = 20;
const KINDS = ['quiet', 'control', 'blocked'] as const;
const PERCENTS = [50, 95, 99] as const;
const GOAL_MS = 2;

type Kind = (typeof KINDS)[number];
type Times = Readonly<Record<Kind, readonly number[]>>;

/**
 * How far measured latencies move while the main thread is blocked: the requests that were due in the blocked half
 * second, against those of the same half second of a quiet round just before or after. A second quiet round of each
 * triple is compared in the same way: what it moves is the machine's own noise.
 */
export async function measureIsolation(triples = TRIPLES): Promise<readonly BenchRow[]> {
  const upstream = await openUpstream();
  const host = createProxyHost();
  const target = { protocol: 'http', host: '127.0.0.1', port: upstream.port } as const;
  const proxy = await host.open({ name: 'edge', listenPort: 0, upstream: target }, latencyProgram(DELAY_MS));
  const sender = await openSender();
  await runRound(sender, proxy.port, false);
  const taken: Times[] = [];
  for (let triple = 0; triple < triples; triple += 1) {
    const times: Record<Kind, readonly number[]> = { quiet: [], control: [], blocked: [] };
    const first = triple % KINDS.length;
    for (const kind of [...KINDS.slice(first), ...KINDS.slice(0, first)]) {
      times[kind] = await runRound(sender, proxy.port, kind === 'blocked');
    }
    taken.push(times);
  }
  await sender.close();
  await host.close();
  await upstream.close();
  return [...KINDS.map((kind) => pooledRow(kind, taken)), ...PERCENTS.map((each) => movedRow(each, taken))];
}

/** Gives the latencies of what was due while the main thread is, or would be, blocked; `Infinity`: no answer. */
async function runRound(sender: Sender, port: number, isBlocked: boolean): Promise<readonly number[]> {
  const startAtMs = systemClock.now() + 20;
  const count = (RATE_PER_SECOND * ROUND_MS) / 1_000;
  const sent = sendAt(sender, { port, count: Math.round(count), ratePerSecond: RATE_PER_SECOND, startAtMs });
  if (isBlocked) {
    await systemClock.sleepUntil(startAtMs + BLOCK_FROM_MS);
    const untilMs = systemClock.now() + BLOCK_MS;
    // Asleep, not spinning: what is measured is whether anybody waits for this thread, not a lack of processors.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, untilMs - systemClock.now());
  }
  const samples = (await sent).filter(
    ({ dueMs }) => dueMs >= BLOCK_FROM_MS && dueMs < BLOCK_FROM_MS + BLOCK_MS,
  );
  // Latency counts from when a request was due, so that a sender that came late does not hide it.
  return sortValues(
    samples.map(({ outcome, latencyMs }) => (outcome === 'answered' ? latencyMs : Number.POSITIVE_INFINITY)),
  );
}

function pooledRow(kind: Kind, taken: readonly Times[]): BenchRow {
  const times = sortValues(taken.flatMap((triple) => triple[kind]));
  const subject = { quiet: 'main thread free', control: 'free, again', blocked: 'blocked for 500 ms' }[kind];
  const figures = Object.fromEntries(PERCENTS.map((each) => [`p${each}Ms`, round(percentile(times, each))]));
  return { bench: 'isolation', subject, figures: { requests: times.length, ...figures } };
}

/**
 * The median of the paired differences with its 95 % interval. Met or missed only where the whole interval says
 * so; else the machine is too noisy to tell.
 */
function movedRow(percent: number, taken: readonly Times[]): BenchRow {
  const differences = (kind: Kind) =>
    sortValues(taken.map((times) => percentile(times[kind], percent) - percentile(times.quiet, percent)));
  const [control, moved] = [intervalOf(differences('control')), intervalOf(differences('blocked'))];
  const isMet = moved.lowMs >= -GOAL_MS && moved.highMs <= GOAL_MS;
  const isMissed = moved.lowMs > GOAL_MS || moved.highMs < -GOAL_MS;
  const goal = `moved by <= ${GOAL_MS} ms`;
  return {
    bench: 'isolation',
    subject: `p${percent}: blocked - free, median of pairs`,
    figures: {
      movedMs: moved.medianMs,
      lowMs: moved.lowMs,
      highMs: moved.highMs,
      noiseMs: control.medianMs,
      noiseLowMs: control.lowMs,
      noiseHighMs: control.highMs,
    },
    ...(isMet || isMissed ? { goal, met: isMet } : { goal: `${goal}: not told apart from noise` }),
  };
}

/** Median and its distribution-free 95 % interval (sign test: order statistics by the binomial of one half). */
function intervalOf(sorted: readonly number[]) {
  let cumulated = 0.5 ** sorted.length;
  let probability = cumulated;
  let below = 0;
  while (cumulated <= 0.025) {
    probability *= (sorted.length - below) / (below + 1);
    below += 1;
    cumulated += probability;
  }
  // With fewer than six pairs the ends themselves are no 95 % interval: they are all that there is.
  const cut = Math.max(0, below - 1);
  return {
    medianMs: round(percentile(sorted, 50)),
    lowMs: round(sorted[cut] ?? Number.NaN),
    highMs: round(sorted.at(-1 - cut) ?? Number.NaN),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
