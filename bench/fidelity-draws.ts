import { createProxyHost, type ProxyHost } from '../src/proxy/host.ts';
import type { Sender } from '../src/scenario/run/sender.ts';
import type { Exchange, FaultProgram } from '../src/types-run.ts';
import { discrete, refusal, uniform } from '../test/proxy/support/kolmogorov-smirnov.ts';
import { faultProgram } from './fault-program.ts';
import type { BenchRow } from './row.ts';
import { sendAt } from './send-at.ts';

const RATE_PER_SECOND = 500;
/** Two-sided 99 % point of the normal distribution. */
const Z99 = 2.576;
const ERROR_PROBABILITY = 0.1;
const AMPLITUDE_MS = 40;
const LOSS_RATE = 0.2;
const RTO_MS = 30;
const PERIODS = 10;
const PERIOD_MS = 200;

interface Bed {
  readonly host: ProxyHost;
  readonly sender: Sender;
  readonly upstreamPort: number;
  readonly operations: number;
}

/** Shares, draws and periods, as the ledger has them, against what was asked. */
export async function measureDraws(
  sender: Sender,
  upstreamPort: number,
  operations: number,
): Promise<readonly BenchRow[]> {
  const bed = { host: createProxyHost(), sender, upstreamPort, operations };
  const rows = [
    await measureErrorShare(bed),
    await measureJitter(bed),
    await measureStalls(bed),
    await measurePeriods(bed),
  ];
  await bed.host.close();
  return rows;
}

async function measureErrorShare(bed: Bed): Promise<BenchRow> {
  const raw = { type: 'httperror', status_code: 503, probability: ERROR_PROBABILITY };
  const exchanges = await exchangesOf(bed, 'http', faultProgram(raw), bed.operations);
  const share = exchanges.filter(({ status }) => status === 503).length / exchanges.length;
  const halfWidth = Z99 * Math.sqrt((ERROR_PROBABILITY * (1 - ERROR_PROBABILITY)) / exchanges.length);
  return {
    bench: 'fidelity',
    subject: `httperror, probability ${ERROR_PROBABILITY}`,
    figures: { operations: exchanges.length, share: round(share), halfWidth: round(halfWidth) },
    goal: 'inside its 99 % binomial interval',
    met: Math.abs(share - ERROR_PROBABILITY) <= halfWidth,
  };
}

async function measureJitter(bed: Bed): Promise<BenchRow> {
  const raw = { type: 'jitter', amplitude: AMPLITUDE_MS, frequency: 100 };
  const exchanges = await exchangesOf(bed, 'tcp', faultProgram(raw), bed.operations);
  const delaysMs = exchanges.flatMap(({ hits }) => hits.map(({ delayMs }) => delayMs ?? Number.NaN));
  return toRow(
    `jitter, ${AMPLITUDE_MS} ms`,
    delaysMs.length,
    refusal(delaysMs, uniform(0, AMPLITUDE_MS), 0.01),
  );
}

async function measureStalls(bed: Bed): Promise<BenchRow> {
  const raw = { type: 'packetloss', rate: LOSS_RATE, rtt: 1, rto_min: RTO_MS };
  const exchanges = await exchangesOf(bed, 'tcp', faultProgram(raw), bed.operations);
  const stalls = Array.from({ length: 9 }, (_, repeat): [number, number] => {
    return [RTO_MS * (2 ** (repeat + 1) - 1), LOSS_RATE ** (repeat + 1) * (1 - LOSS_RATE)];
  });
  const model: [number, number][] = [[0, 1 - LOSS_RATE], ...stalls];
  // A timer is late by a little, never early: what was drawn is the greatest stall below what was measured.
  const drawnMs = exchanges.map(({ hits }) => {
    const seenMs = hits[0]?.delayMs ?? 0;
    return Math.max(...model.map(([ms]) => ms).filter((ms) => ms <= seenMs));
  });
  return toRow(`packetloss, ${LOSS_RATE}`, drawnMs.length, refusal(drawnMs, discrete(model), 0.01));
}

/** How far from the edge of each period the first and the last exchange in it was hit; one comes every 2 ms. */
async function measurePeriods(bed: Bed): Promise<BenchRow> {
  const starts = Array.from({ length: PERIODS }, (_, index) => (2 * index + 2) * PERIOD_MS);
  const period = starts.map((ms) => `start:${ms}ms,duration:${PERIOD_MS}ms`).join(';');
  const program = faultProgram({ type: 'latency', mean: 1, period });
  const count = ((2 * PERIODS + 4) * PERIOD_MS * RATE_PER_SECOND) / 1_000;
  const exchanges = await exchangesOf(bed, 'tcp', program, count);
  const hitAtMs = exchanges.flatMap(({ hits }) => hits.map(({ atMs }) => atMs - program.epochMs));
  const errors = starts.flatMap((startMs) => {
    const endMs = startMs + PERIOD_MS;
    const near = hitAtMs.filter((ms) => ms > startMs - PERIOD_MS / 2 && ms < endMs + PERIOD_MS / 2);
    return [Math.abs(Math.min(...near) - startMs), Math.abs(endMs - Math.max(...near))];
  });
  const maxMs = Math.max(...errors);
  return {
    bench: 'fidelity',
    subject: 'edges of periods',
    figures: {
      edges: errors.length,
      meanMs: round(errors.reduce((sum, ms) => sum + ms, 0) / errors.length),
      maxMs: round(maxMs),
    },
    goal: 'within 5 ms',
    met: maxMs <= 5,
  };
}

async function exchangesOf(
  { host, sender, upstreamPort }: Bed,
  protocol: 'http' | 'tcp',
  program: FaultProgram,
  count: number,
): Promise<readonly Exchange[]> {
  const upstream = { protocol, host: '127.0.0.1', port: upstreamPort };
  const proxy = await host.open({ name: 'draws', listenPort: 0, upstream }, program);
  await sendAt(sender, { port: proxy.port, count, ratePerSecond: RATE_PER_SECOND });
  const { exchanges } = await proxy.takeExchanges();
  await proxy.close();
  return exchanges;
}

function toRow(subject: string, draws: number, refused: number): BenchRow {
  return {
    bench: 'fidelity',
    subject,
    figures: { draws, distanceOverCritical: round(refused) },
    goal: 'Kolmogorov–Smirnov, 1 %: below 1',
    met: refused < 1,
  };
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
