import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { createRandom } from '../src/random.ts';
import {
  type ClientKind,
  connectOverHttp,
  type HttpPlace,
  type TransportKind,
} from '../test/helpers/any-client.ts';
import type { BenchRow } from './row.ts';
import { type Called, DEEDS, keepCalling, type SoakPlace } from './soak-calls.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TOKEN = 'a-token-for-the-soak';
const DEFAULT_MINUTES = 30;
/** Samples of the memory, whatever the time; a sixth of them is warm-up (5 of 30 minutes). */
const SAMPLES = 30;
const WARM_UP_SAMPLES = SAMPLES / 6;
/** Longer than Node's HTTP server keeps an idle connection (5 s). */
const IDLE_MS = 6_000;
/** What the memory may grow by after the warm-up; a short soak is not warm by then, and finds fast leaks only. */
const GROWTH_LIMIT = { heap: 0.05, rss: 0.1 };
const SHORT_GROWTH_LIMIT = { heap: 0.2, rss: 0.3 };
const SHORT_MS = 10 * 60_000;
const CLIENTS: readonly (readonly [ClientKind, 'http' | 'sse'])[] = [
  ['1.x', 'http'],
  ['2.x legacy', 'http'],
  ['2.x 2026-07-28', 'http'],
  ['1.x', 'sse'],
];
const DOCUMENT = {
  openapi: '3.0.3',
  info: { title: 'Small', version: '1' },
  paths: { '/': { get: { responses: { 200: { description: 'It works.' } } } } },
};
const CODE = `
const express = require('express');
const app = express();
app.get('/', async (request, response) => response.json(await (await fetch('http://127.0.0.1:9/')).json()));
app.listen(3000);
`;
const probe = z.object({ rssBytes: z.number(), heapBytes: z.number(), handles: z.array(z.string()) });
type Probe = z.infer<typeof probe>;
type Urls = Omit<SoakPlace, 'name'>;

/**
 * Mixed calls from four clients at once over HTTP, for `minutes`: the memory after a collection must not grow after
 * the first sixth of the time, and at the end the same handles are open as after each deed was done once.
 */
export async function measureSoak(minutes: string | null): Promise<readonly BenchRow[]> {
  const lengthMs = Number(minutes ?? DEFAULT_MINUTES) * 60_000;
  const workspace = await mkdtemp(join(tmpdir(), 'breakwater-soak-'));
  await writeFile(join(workspace, 'openapi.json'), JSON.stringify(DOCUMENT));
  await writeFile(join(workspace, 'app.js'), CODE);
  const [target, dependency] = [await startService(), await startService()];
  const urls = { target: target.url, dependency: dependency.url };
  const { child, place } = await startServer(workspace);
  try {
    await doEachOnce(place, urls);
    const before = await settle(child);
    const untilMs = performance.now() + lengthMs;
    const calling = Promise.all(CLIENTS.map((kind, index) => callAs(kind, index, place, urls, untilMs)));
    const samples: Probe[] = [];
    while (samples.length < SAMPLES) {
      const dueMs = untilMs - lengthMs + ((samples.length + 1) * lengthMs) / SAMPLES;
      await Promise.race([pause(dueMs - performance.now()), calling]);
      samples.push(await ask(child));
    }
    const calls = await calling;
    const after = await settle(child);
    return [
      ...samples.map((sample, index) => toRow(`sample ${index + 1}`, sample)),
      judge(samples, {
        before,
        after,
        calls,
        limit: lengthMs < SHORT_MS ? SHORT_GROWTH_LIMIT : GROWTH_LIMIT,
      }),
    ];
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
    target.stop();
    dependency.stop();
    await rm(workspace, { recursive: true, force: true });
  }
}

async function startService(): Promise<{ readonly url: string; stop(): void }> {
  const server = createServer((_request, response) => response.end('{"ok":true}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function startServer(workspace: string): Promise<{ child: ChildProcess; place: HttpPlace }> {
  const env = {
    PATH: process.env.PATH ?? '',
    BREAKWATER_WORKSPACE: workspace,
    BREAKWATER_HOME: join(workspace, '.home'),
    BREAKWATER_TOKEN: TOKEN,
  };
  const preload = new URL('soak-probe.mjs', import.meta.url).href;
  const args = ['--expose-gc', '--import', preload, 'dist/cli.js', 'serve', '--http', '127.0.0.1:0'];
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  if (child.stderr === null) throw new Error('no pipes');
  const lines = createInterface({ input: child.stderr });
  const [line] = await once(lines, 'line');
  lines.on('line', (text) => console.log(`server: ${text}`));
  const mcpUrl = /http:\/\/\S+/.exec(String(line))?.[0] ?? '';
  return { child, place: { url: mcpUrl, sseUrl: new URL('/sse', mcpUrl).href, token: TOKEN } };
}

async function ask(child: ChildProcess): Promise<Probe> {
  const answered = once(child, 'message');
  child.send('probe');
  const [message] = await answered;
  return probe.parse(message);
}

/** What is left when nobody calls: as soon as two looks in a row, with idle connections closed between, are the same. */
async function settle(child: ChildProcess): Promise<Probe> {
  let last = await ask(child);
  for (;;) {
    await pause(IDLE_MS);
    const next = await ask(child);
    if (count(next.handles) === count(last.handles)) return next;
    last = next;
  }
}

/** How many there are of each kind, without timers, which tell of work and not of what is open. */
function count(handles: readonly string[]): string {
  const open = handles.filter((name) => name !== 'Timeout' && name !== 'Immediate').toSorted();
  return [...new Set(open)].map((name) => `${name} ${open.filter((one) => one === name).length}`).join(', ');
}

async function doEachOnce(place: HttpPlace, urls: Urls): Promise<void> {
  const client = await connectOverHttp(place, '2.x auto');
  for (const deed of Object.values(DEEDS)) await deed(client, { ...urls, name: 'warm-up' });
  await client.close();
}

async function callAs(
  [kind, transport]: readonly [ClientKind, Exclude<TransportKind, 'stdio'>],
  index: number,
  place: HttpPlace,
  urls: Urls,
  untilMs: number,
): Promise<Called> {
  const client = await connectOverHttp(place, kind, transport);
  try {
    return await keepCalling(client, { ...urls, name: `soak-${index}` }, createRandom(1, index), untilMs);
  } finally {
    await client.close();
  }
}

const toMb = (bytes: number) => Math.round((bytes / 1024 / 1024) * 10) / 10;

function toRow(subject: string, { rssBytes, heapBytes, handles }: Probe): BenchRow {
  const figures = { rssMb: toMb(rssBytes), heapMb: toMb(heapBytes), handles: handles.length };
  return { bench: 'soak', subject, figures };
}

interface Soaked {
  readonly before: Probe;
  readonly after: Probe;
  readonly calls: readonly Called[];
  readonly limit: { readonly heap: number; readonly rss: number };
}

function judge(samples: readonly Probe[], { before, after, calls, limit }: Soaked): BenchRow {
  const mistakes = calls.flatMap((one) => one.mistakes);
  for (const mistake of mistakes.slice(0, 10)) console.log(mistake);
  const warm = samples.slice(WARM_UP_SAMPLES);
  const third = Math.floor(warm.length / 3);
  const growth = (read: (sample: Probe) => number) =>
    median(warm.slice(-third).map(read)) / median(warm.slice(0, third).map(read)) - 1;
  const heapGrowth = growth(({ heapBytes }) => heapBytes);
  const rssGrowth = growth(({ rssBytes }) => rssBytes);
  const left = count(after.handles);
  console.log(`handles before: ${count(before.handles)}\nhandles after: ${left}`);
  const toPercent = (share: number) => Math.round(share * 1_000) / 10;
  return {
    bench: 'soak',
    subject: 'growth after the warm-up',
    figures: {
      heapPercent: toPercent(heapGrowth),
      rssPercent: toPercent(rssGrowth),
      calls: calls.reduce((sum, one) => sum + one.calls, 0),
      wrongAnswers: mistakes.length,
      handlesBefore: before.handles.length,
      handlesAfter: after.handles.length,
    },
    goal: `heap below ${toPercent(limit.heap)} %, RSS below ${toPercent(limit.rss)} %, the same handles, no wrong answer`,
    met:
      heapGrowth < limit.heap &&
      rssGrowth < limit.rss &&
      left === count(before.handles) &&
      mistakes.length === 0,
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
