import { systemClock } from '../src/clock.ts';
import { createProxyHost } from '../src/proxy/host.ts';
import { openSender, type Sender } from '../src/scenario/run/sender.ts';
import { percentile, sortValues } from '../src/scenario/verdict/percentile.ts';
import type { Sample } from '../src/types-run.ts';
import type { BenchRow } from './row.ts';
import { sendAt } from './send-at.ts';
import { latencyProgram } from './speed.ts';
import { openUpstream } from './upstreams.ts';

const DELAY_MS = 20;
const RATE_PER_SECOND = 200;
const ROUND_MS = 1_500;
const ROUNDS = 5;
const BLOCK_FROM_MS = 500;
const BLOCK_MS = 500;

/**
 * How far measured latencies move while the main thread is blocked: the requests that were due in the blocked half
 * second, against those of the same half second of rounds without a block, taken in turns.
 */
export async function measureIsolation(): Promise<readonly BenchRow[]> {
  const upstream = await openUpstream();
  const host = createProxyHost();
  const target = { protocol: 'http', host: '127.0.0.1', port: upstream.port } as const;
  const proxy = await host.open({ name: 'edge', listenPort: 0, upstream: target }, latencyProgram(DELAY_MS));
  const sender = await openSender();
  await runRound(sender, proxy.port, false);
  const free: Sample[] = [];
  const blocked: Sample[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    free.push(...(await runRound(sender, proxy.port, false)));
    blocked.push(...(await runRound(sender, proxy.port, true)));
  }
  await sender.close();
  await host.close();
  await upstream.close();
  const [freeRow, blockedRow] = [toRow('main thread free', free), toRow('blocked for 500 ms', blocked)];
  const moved = ['p50Ms', 'p95Ms', 'p99Ms', 'maxMs', 'latenessP99Ms'].map((name) => [
    name,
    round((blockedRow.figures[name] ?? 0) - (freeRow.figures[name] ?? 0)),
  ]);
  return [
    freeRow,
    blockedRow,
    { bench: 'isolation', subject: 'moved by (goal: 2 ms)', figures: Object.fromEntries(moved) },
  ];
}

/** Gives the samples that were due while the main thread is, or would be, blocked. */
async function runRound(sender: Sender, port: number, isBlocked: boolean): Promise<readonly Sample[]> {
  const startAtMs = systemClock.now() + 20;
  const count = (RATE_PER_SECOND * ROUND_MS) / 1_000;
  const sent = sendAt(sender, { port, count, ratePerSecond: RATE_PER_SECOND, startAtMs });
  if (isBlocked) {
    await systemClock.sleepUntil(startAtMs + BLOCK_FROM_MS);
    const untilMs = systemClock.now() + BLOCK_MS;
    // Asleep, not spinning: what is measured is whether anybody waits for this thread, not a lack of processors.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, untilMs - systemClock.now());
  }
  return (await sent).filter(({ dueMs }) => dueMs >= BLOCK_FROM_MS && dueMs < BLOCK_FROM_MS + BLOCK_MS);
}

function toRow(subject: string, samples: readonly Sample[]): BenchRow {
  const times = sortValues(samples.map(({ latencyMs }) => latencyMs));
  const lateness = sortValues(samples.map(({ sentMs, dueMs }) => sentMs - dueMs));
  return {
    bench: 'isolation',
    subject,
    figures: {
      requests: samples.length,
      unanswered: samples.filter(({ outcome }) => outcome !== 'answered').length,
      p50Ms: round(percentile(times, 50)),
      p95Ms: round(percentile(times, 95)),
      p99Ms: round(percentile(times, 99)),
      maxMs: round(times.at(-1) ?? Number.NaN),
      latenessP99Ms: round(percentile(lateness, 99)),
    },
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
