import { sleep, systemClock } from '../src/clock.ts';
import { createProxyHost, emptyProgram, type ProxyHost } from '../src/proxy/host.ts';
import { createRandom } from '../src/random.ts';
import { latencyProgram } from './fault-program.ts';
import { openPeers } from './peers.ts';
import type { BenchRow } from './row.ts';
import { openForwarder, openPipe, openUpstream } from './upstreams.ts';
import { findProgram, runWrk, type WrkResult } from './wrk.ts';

const WARM_UP_ROUNDS = 3;
const ROUNDS = 5;
const DELAY_MS = 20;
/** Linux uses a port that waits in TIME_WAIT again after this long (tcp_tw_reuse on loopback). */
const PORT_REUSE_MS = 1_000;

interface Subject {
  readonly name: string;
  readonly port: number;
  /** Where the same is delayed by 20 ms; `null`: nowhere. */
  readonly delayedPort: number | null;
}

interface Load {
  readonly name: string;
  readonly connections: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly isDelayed: boolean;
  /** What raw TCP is to reach of Toxiproxy's rate. */
  readonly ofToxiproxy: number;
  /** Time of each round: where many connections are opened first, so long that these are no hundredth of the requests. */
  readonly seconds: number;
}

const LOADS: readonly Load[] = [
  {
    name: 'small, keep-alive, 32',
    connections: 32,
    path: '/',
    headers: {},
    isDelayed: false,
    ofToxiproxy: 1,
    seconds: 1,
  },
  {
    name: 'small, new connection, 32',
    connections: 32,
    path: '/',
    headers: { Connection: 'close' },
    isDelayed: false,
    ofToxiproxy: 1,
    seconds: 1,
  },
  {
    name: '10 MB, 4',
    connections: 4,
    path: '/bulk',
    headers: {},
    isDelayed: false,
    ofToxiproxy: 1.2,
    seconds: 1,
  },
  {
    name: '20 ms latency, 256',
    connections: 256,
    path: '/',
    headers: {},
    isDelayed: true,
    ofToxiproxy: 1,
    seconds: 6,
  },
];

/**
 * Speed through our two views against a direct connection and other proxies, driven by `wrk`, ledger on; each figure
 * is the median of five rounds in which the subjects take turns, each time in another order. Rounds that are not
 * counted come first: what a program costs that has just been started (its code not yet compiled, its heap still
 * growing) is not what it costs some seconds later.
 */
export async function measureSpeed(): Promise<readonly BenchRow[]> {
  if (findProgram('wrk') === null) {
    console.log('wrk: not on the PATH, so speed is not measured (Debian: apt-get install wrk)');
    return [];
  }
  const upstream = await openUpstream();
  const delaying = await openUpstream(DELAY_MS);
  const forwarder = await openForwarder(upstream.port);
  const pipe = await openPipe(upstream.port);
  const peers = await openPeers(upstream.port, DELAY_MS);
  const host = createProxyHost();
  const subjects: readonly Subject[] = [
    // An upstream that delays by itself says what the machine and the load generator allow.
    { name: 'direct', port: upstream.port, delayedPort: delaying.port },
    await openOurs(host, 'tcp', upstream.port),
    await openOurs(host, 'http', upstream.port),
    { name: 'socket.pipe', port: pipe.port, delayedPort: null },
    { name: 'node:http forwarder', port: forwarder.port, delayedPort: null },
    ...peers,
  ];
  const rows: BenchRow[] = [];
  for (const load of LOADS) {
    console.log(`${load.name} …`);
    rows.push(...(await measureLoad(load, subjects)));
  }
  await host.close();
  await Promise.all([upstream, delaying, forwarder, pipe, ...peers].map((each) => each.close()));
  return rows;
}

async function measureLoad(load: Load, subjects: readonly Subject[]): Promise<readonly BenchRow[]> {
  const results = new Map<string, WrkResult[]>();
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    for (const { name, port, delayedPort } of shuffle(subjects, round)) {
      const used = load.isDelayed ? delayedPort : port;
      if (used === null) continue;
      const { connections, headers, seconds } = load;
      if (headers.Connection === 'close') await sleep(systemClock, PORT_REUSE_MS);
      const url = `http://127.0.0.1:${used}${load.path}`;
      const result = await runWrk({ url, connections, seconds, headers });
      if (round >= 0) results.set(name, [...(results.get(name) ?? []), result]);
    }
  }
  const rateOf = (name: string) => median((results.get(name) ?? []).map((each) => each.requestsPerSecond));
  const p99Of = (name: string) => median((results.get(name) ?? []).map(({ p99Ms }) => p99Ms));
  const arithmetic = (load.connections * 1_000) / DELAY_MS;
  return [...results].map(([name, each]) => {
    const rate = rateOf(name);
    const rates = each.map(({ requestsPerSecond }) => requestsPerSecond);
    return {
      bench: 'speed',
      subject: `${load.name}: ${name}`,
      figures: {
        requestsPerSecond: Math.round(rate),
        lowest: Math.round(Math.min(...rates)),
        highest: Math.round(Math.max(...rates)),
        megabytesPerSecond: round(median(each.map(({ bytesPerSecond }) => bytesPerSecond)) / 1e6),
        p50Ms: round(median(each.map(({ p50Ms }) => p50Ms))),
        p99Ms: round(median(each.map(({ p99Ms }) => p99Ms))),
        ofDirect: round(rate / rateOf('direct')),
        ...(load.isDelayed ? { ofArithmetic: round(rate / arithmetic) } : {}),
        ...(results.has('toxiproxy') ? { ofToxiproxy: round(rate / rateOf('toxiproxy')) } : {}),
        errors: each.reduce((sum, { errors }) => sum + errors, 0),
      },
      ...judgeGoals(name, [
        [
          'breakwater tcp',
          `${load.ofToxiproxy} × toxiproxy`,
          rate / (load.ofToxiproxy * rateOf('toxiproxy')),
        ],
        ['breakwater http', '0.8 × node:http forwarder', rate / (0.8 * rateOf('node:http forwarder'))],
        ['breakwater', 'no p99 above toxiproxy’s', p99Of('toxiproxy') / p99Of(name)],
        ...(load.isDelayed
          ? [
              // Where direct, which waits in the upstream itself, stays below the arithmetic, no proxy reaches it.
              [
                'breakwater',
                '95 % of the arithmetic, or of direct where that is below it',
                rate / (0.95 * Math.min(arithmetic, rateOf('direct'))),
              ] as const,
            ]
          : []),
      ]),
    };
  });
}

/** The goals of a subject, as `[whose name begins so, what is asked, share of it that was reached]`. */
function judgeGoals(
  name: string,
  goals: readonly (readonly [string, string, number])[],
): Pick<BenchRow, 'goal' | 'met'> {
  // What is not here to be compared with asks for nothing.
  const asked = goals.filter(([whose, , reached]) => name.startsWith(whose) && Number.isFinite(reached));
  if (asked.length === 0) return {};
  return {
    goal: asked.map(([, goal, reached]) => `${goal}: ${round(reached)}`).join('; '),
    met: asked.every(([, , reached]) => reached >= 1),
  };
}

/**
 * Another order for each round: what a run leaves behind (ports in TIME_WAIT, garbage of the upstream) falls
 * to the next one, which must not be the same each time.
 */
function shuffle(subjects: readonly Subject[], round: number): readonly Subject[] {
  const random = createRandom(round);
  return subjects
    .map((subject) => ({ subject, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ subject }) => subject);
}

async function openOurs(host: ProxyHost, protocol: 'tcp' | 'http', upstreamPort: number): Promise<Subject> {
  const spec = {
    name: protocol,
    listenPort: 0,
    upstream: { protocol, host: '127.0.0.1', port: upstreamPort },
  };
  const plain = await host.open(spec, emptyProgram());
  const delayed = await host.open(spec, latencyProgram(DELAY_MS));
  return { name: `breakwater ${protocol}`, port: plain.port, delayedPort: delayed.port };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
