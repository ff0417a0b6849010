import { createProxyHost } from '../src/proxy/host.ts';
import { openSender, type Sender } from '../src/scenario/run/sender.ts';
import { percentile, sortValues } from '../src/scenario/verdict/percentile.ts';
import type { ProxySpec } from '../src/types-proxy.ts';
import type { Sample } from '../src/types-run.ts';
import { latencyProgram } from './fault-program.ts';
import { measureDraws } from './fidelity-draws.ts';
import { measureRates } from './fidelity-rates.ts';
import { openPeers } from './peers.ts';
import type { BenchRow } from './row.ts';
import { sendAt } from './send-at.ts';
import { openUpstream } from './upstreams.ts';

const RATE_PER_SECOND = 500;
const OPERATIONS = 10_000;
const QUICK_OPERATIONS = 2_000;
const ROUNDS = 5;
const DELAY_MS = 20;
const LEDGER_GOAL = 'p1 >= -0.1, p50 <= 0.5, p99 <= 2 ms';

/** What faults do, against what they were asked to: delays (beside Toxiproxy's), rates, shares, draws and periods. */
export async function measureFidelity(isQuick: boolean): Promise<readonly BenchRow[]> {
  const upstream = await openUpstream();
  const sender = await openSender();
  const operations = isQuick ? QUICK_OPERATIONS : OPERATIONS;
  try {
    return [
      ...(await measureDelays(sender, upstream.port, operations)),
      ...(await measureDraws(sender, upstream.port, operations)),
      ...(await measureRates(isQuick ? 3_000 : 10_000)),
    ];
  } finally {
    await sender.close();
    await upstream.close();
  }
}

interface Subject {
  readonly name: string;
  readonly port: number;
  readonly delayedPort: number;
  readonly plainMs: number[];
  readonly delayedMs: number[];
}

/**
 * Errors of delays in turns, a part of the operations for each subject. The ledger's are injected − requested; a
 * client's are observed − requested − the median of the same proxy without the fault, so that proxies without a
 * ledger can stand beside.
 */
async function measureDelays(
  sender: Sender,
  upstreamPort: number,
  operations: number,
): Promise<readonly BenchRow[]> {
  const host = createProxyHost();
  const peers = await openPeers(upstreamPort, DELAY_MS, ['toxiproxy-server']);
  const subjects: Subject[] = [];
  const ledgers = new Map<string, number[]>();
  const collectors: (() => Promise<void>)[] = [];
  for (const protocol of ['tcp', 'http'] as const) {
    const name = `breakwater ${protocol}`;
    const spec: ProxySpec = {
      name,
      listenPort: 0,
      upstream: { protocol, host: '127.0.0.1', port: upstreamPort },
    };
    const plain = await host.open(spec, { ...latencyProgram(DELAY_MS), faults: [] });
    const delayed = await host.open(spec, latencyProgram(DELAY_MS));
    subjects.push({ name, port: plain.port, delayedPort: delayed.port, plainMs: [], delayedMs: [] });
    const errors: number[] = [];
    ledgers.set(name, errors);
    collectors.push(async () => {
      await plain.takeExchanges();
      const { exchanges } = await delayed.takeExchanges();
      for (const { hits } of exchanges) errors.push((hits[0]?.delayMs ?? Number.NaN) - DELAY_MS);
    });
  }
  for (const { name, port, delayedPort } of peers) {
    if (delayedPort !== null) subjects.push({ name, port, delayedPort, plainMs: [], delayedMs: [] });
  }
  for (const { port, delayedPort } of subjects) {
    for (const warmed of [port, delayedPort]) {
      await sendAt(sender, { port: warmed, count: RATE_PER_SECOND, ratePerSecond: RATE_PER_SECOND });
    }
  }
  for (const collect of collectors) await collect();
  for (const errors of ledgers.values()) errors.length = 0;
  const count = operations / ROUNDS;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { port, delayedPort, plainMs, delayedMs } of subjects) {
      plainMs.push(...(await observe(sender, port, count / 4)));
      delayedMs.push(...(await observe(sender, delayedPort, count)));
    }
    for (const collect of collectors) await collect();
  }
  await host.close();
  for (const peer of peers) await peer.close();
  return toRows(subjects, ledgers);
}

async function observe(sender: Sender, port: number, count: number): Promise<readonly number[]> {
  const samples = await sendAt(sender, { port, count, ratePerSecond: RATE_PER_SECOND });
  // Counted from when it was sent: how late the generator was is no matter of the proxy.
  return samples.map(({ latencyMs, sentMs, dueMs }: Sample) => latencyMs - (sentMs - dueMs));
}

function toRows(
  subjects: readonly Subject[],
  ledgers: ReadonlyMap<string, readonly number[]>,
): readonly BenchRow[] {
  const errorsOf = ({ plainMs, delayedMs }: Subject) => {
    const plainP50Ms = percentile(sortValues(plainMs), 50);
    return delayedMs.map((ms) => ms - plainP50Ms - DELAY_MS);
  };
  const peer = subjects.find(({ name }) => name === 'toxiproxy');
  const peerP99Ms = peer === undefined ? null : (quantiles(errorsOf(peer)).p99Ms ?? null);
  const rows: BenchRow[] = [];
  for (const subject of subjects) {
    const ledger = ledgers.get(subject.name);
    const observed = quantiles(errorsOf(subject));
    if (ledger !== undefined) {
      const figures = quantiles(ledger);
      const { p1Ms = Number.NaN, p50Ms = Number.NaN, p99Ms = Number.NaN } = figures;
      const met = p1Ms >= -0.1 && p50Ms <= 0.5 && p99Ms <= 2;
      rows.push({
        bench: 'fidelity',
        subject: `latency, ${subject.name}, ledger`,
        figures,
        goal: LEDGER_GOAL,
        met,
      });
    }
    const row = { bench: 'fidelity', subject: `latency, ${subject.name}, client`, figures: observed };
    const isJudged = ledger !== undefined && peerP99Ms !== null;
    const met = (observed.p99Ms ?? Number.NaN) <= (peerP99Ms ?? Number.NaN);
    rows.push(isJudged ? { ...row, goal: 'p99 <= toxiproxy’s', met } : row);
  }
  return rows;
}

function quantiles(errorsMs: readonly number[]): Readonly<Record<string, number>> {
  const sorted = sortValues(errorsMs);
  const at = (percent: number) => round(percentile(sorted, percent));
  return {
    operations: sorted.length,
    p1Ms: at(1),
    p50Ms: at(50),
    p99Ms: at(99),
    maxMs: round(sorted.at(-1) ?? Number.NaN),
  };
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
