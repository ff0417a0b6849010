import type { Socket } from 'node:net';
import { setTimeout as rest } from 'node:timers/promises';
import { systemClock } from '../src/clock.ts';
import type { BenchRow } from './row.ts';
import { closeMany, exchangeMany, medianRoundTripMs, mostConnections, openMany } from './scale-clients.ts';
import { type ScaleSubject, startHeap, startProxy, startUpstream } from './scale-processes.ts';

const STEPS = [1_000, 10_000] as const;
/** Connections opened and closed before anything is measured, and beside which the cost of requests is compared. */
const FEW = 50;
/** Requests at each step, round the connections that are open. */
const REQUESTS = 20_000;
/** Memory counts as returned within that of what it was; what a resting process does not return by then, it keeps. */
const RETURNED = 1.1;
const REST_MS = 90_000;

const FAULTS = [
  { type: 'latency', mean: 1 },
  { type: 'jitter', amplitude: 1, frequency: 10 },
  { type: 'bandwidth', rate: 1, unit: 'GBps', direction: 'both' },
];
const SUBJECTS: readonly ScaleSubject[] = [
  { name: 'tcp', protocol: 'tcp', faults: [] },
  { name: 'tcp, three faults', protocol: 'tcp', faults: FAULTS },
  { name: 'http', protocol: 'http', faults: [] },
  { name: 'http, three faults', protocol: 'http', faults: FAULTS },
];

/**
 * Memory and cost of open connections, each having carried a request and its answer: for each view, with faults and
 * without, the heap of the proxy alone after a full collection, what still lives in it, and its processor time for
 * each request as connections grow; then the resident memory of `breakwater proxy` in a process of its own, through
 * two rounds of opening and closing all and a rest.
 */
export async function measureScale(): Promise<readonly BenchRow[]> {
  const upstream = await startUpstream();
  const rows: BenchRow[] = [];
  for (const subject of SUBJECTS) {
    console.log(`${subject.name} …`);
    rows.push(...(await measureHeap(upstream.port, subject)));
  }
  for (const protocol of ['tcp', 'http'] as const) {
    console.log(`resident, ${protocol} …`);
    rows.push(...(await measureResident(upstream.port, protocol)));
  }
  await upstream.close();
  return rows;
}

async function measureHeap(upstreamPort: number, subject: ScaleSubject): Promise<readonly BenchRow[]> {
  const proxy = await startHeap(upstreamPort, subject);
  const { name, protocol } = subject;
  const sockets = await openMany(proxy.port, FEW, protocol);
  // The first requests are made by code that is not compiled yet.
  await exchangeMany(sockets, REQUESTS, protocol);
  const costOf = async (open: readonly Socket[]) => {
    const { cpuMs } = await proxy.drained();
    await exchangeMany(open, REQUESTS, protocol);
    return round3(((await proxy.drained()).cpuMs - cpuMs) * (1_000 / REQUESTS));
  };
  const few = await costOf(sockets);
  await closeMany(sockets.splice(0));
  const empty = await proxy.drained();
  const rows = [heapRow(`${name}: nothing open`, empty, { cpuMicrosecondsPerRequest: few })];
  for (const wanted of wantedSteps()) {
    sockets.push(...(await openMany(proxy.port, wanted - sockets.length, protocol)));
    const cpuMicrosecondsPerRequest = await costOf(sockets);
    const report = await proxy.drained();
    const kilobytesEach = round3((report.heapBytes - empty.heapBytes) / 1_000 / wanted);
    rows.push(heapRow(`${name}: ${wanted} open`, report, { kilobytesEach, cpuMicrosecondsPerRequest }));
  }
  await closeMany(sockets);
  const closed = await proxy.drained();
  proxy.close();
  const isReturned = closed.heapBytes <= empty.heapBytes * RETURNED && closed.livingConnections === 0;
  const goal = `no connection lives, heap within ${RETURNED} of before`;
  return [...rows, { ...heapRow(`${name}: all closed`, closed, {}), goal, met: isReturned }];
}

async function measureResident(upstreamPort: number, protocol: 'tcp' | 'http'): Promise<readonly BenchRow[]> {
  const proxy = await startProxy(upstreamPort, { protocol });
  const rows: BenchRow[] = [];
  await openMany(proxy.port, FEW, protocol).then(closeMany);
  const emptyBytes = proxy.memoryBytes();
  for (const round of [1, 2]) {
    const sockets: Socket[] = [];
    for (const wanted of wantedSteps()) {
      const startMs = systemClock.now();
      const opened = wanted - sockets.length;
      sockets.push(...(await openMany(proxy.port, opened, protocol)));
      const openMs = (systemClock.now() - startMs) / opened;
      const [first] = sockets;
      const p50Ms = first === undefined ? Number.NaN : await medianRoundTripMs(first, protocol);
      rows.push(
        residentRow(`${protocol}: ${wanted} open, round ${round}`, proxy.memoryBytes(), {
          // Later it counts what the round before has left uncollected too.
          ...(round === 1
            ? { kilobytesEach: round3((proxy.memoryBytes() - emptyBytes) / 1_000 / wanted) }
            : {}),
          openMsEach: round3(openMs),
          roundTripP50Ms: round3(p50Ms),
        }),
      );
    }
    await closeMany(sockets);
    rows.push(residentRow(`${protocol}: all closed, round ${round}`, proxy.memoryBytes(), {}));
  }
  const restedMs = await untilReturned(proxy.memoryBytes, emptyBytes * RETURNED);
  const restSeconds = round3(restedMs / 1_000);
  rows.push(residentRow(`${protocol}: after a rest`, proxy.memoryBytes(), { restSeconds }));
  await proxy.close();
  return [residentRow(`${protocol}: nothing open`, emptyBytes, {}), ...rows];
}

/** Time that it takes until memory is down to `wantedBytes`, at most `REST_MS`. */
async function untilReturned(memoryBytes: () => number, wantedBytes: number): Promise<number> {
  const startMs = systemClock.now();
  while (memoryBytes() > wantedBytes && systemClock.now() - startMs < REST_MS) await rest(1_000);
  return systemClock.now() - startMs;
}

function wantedSteps(): readonly number[] {
  return [...new Set(STEPS.map((step) => Math.min(step, mostConnections())))];
}

function heapRow(
  subject: string,
  { heapBytes, livingConnections }: { readonly heapBytes: number; readonly livingConnections: number },
  figures: Readonly<Record<string, number>>,
): BenchRow {
  const heapMegabytes = round3(heapBytes / 1e6);
  return {
    bench: 'scale',
    subject: `heap, ${subject}`,
    figures: { heapMegabytes, livingConnections, ...figures },
  };
}

function residentRow(
  subject: string,
  memoryBytes: number,
  figures: Readonly<Record<string, number>>,
): BenchRow {
  const residentMegabytes = round3(memoryBytes / 1e6);
  return { bench: 'scale', subject: `resident, ${subject}`, figures: { residentMegabytes, ...figures } };
}

function round3(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
