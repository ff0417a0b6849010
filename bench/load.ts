import { Worker } from 'node:worker_threads';
import { openSender } from '../src/scenario/run/sender.ts';
import { percentile, sortValues } from '../src/scenario/verdict/percentile.ts';
import type { Sample } from '../src/types-run.ts';
import type { BenchRow } from './row.ts';
import { sendAt } from './send-at.ts';

interface LoadCase {
  readonly subject: string;
  readonly ratePerSecond: number;
  readonly seconds: number;
  /** ms after which the server answers. */
  readonly answerAfterMs: number;
  readonly connection: 'per-request' | 'keep-alive';
}

const CASES: readonly LoadCase[] = [
  {
    subject: '200 × 10 rps, empty server, connection per request',
    ratePerSecond: 2_000,
    seconds: 20,
    answerAfterMs: 0,
    connection: 'per-request',
  },
  {
    subject: '200 × 10 rps, empty server, keep-alive',
    ratePerSecond: 2_000,
    seconds: 20,
    answerAfterMs: 0,
    connection: 'keep-alive',
  },
  {
    subject: '100 rps, server that answers after 50 ms',
    ratePerSecond: 100,
    seconds: 10,
    answerAfterMs: 50,
    connection: 'per-request',
  },
];

/**
 * Rate, lateness and response times of the load generator against a server in another thread. Beside them stand the
 * server's own time from request to answer, and how late a thread that does nothing is woken on this machine.
 */
export async function measureLoad(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const each of CASES) rows.push(toRow(each, await runCase(each)));
  return rows;
}

interface Measured {
  readonly samples: readonly Sample[];
  /** ms from request to answer as the server saw it, median. */
  readonly serverP50Ms: number;
  /** ms by which an idle thread's timer was late. */
  readonly machineP99Ms: number;
}

async function runCase(each: LoadCase): Promise<Measured> {
  const server = new Worker(serverSource(each.answerAfterMs), { eval: true });
  const idle = new Worker(IDLE_SOURCE, { eval: true });
  const port = await ask(server);
  const sender = await openSender();
  const { ratePerSecond, seconds, connection } = each;
  const samples = await sendAt(sender, { port, count: ratePerSecond * seconds, ratePerSecond, connection });
  await sender.close();
  server.postMessage('report');
  idle.postMessage('report');
  const [serverP50Ms, machineP99Ms] = await Promise.all([ask(server), ask(idle)]);
  await Promise.all([server.terminate(), idle.terminate()]);
  return { samples, serverP50Ms, machineP99Ms };
}

function ask(worker: Worker): Promise<number> {
  return new Promise((resolve) => worker.once('message', resolve));
}

const IDLE_SOURCE = `
  const { parentPort } = require('node:worker_threads');
  const late = [];
  let dueMs = performance.now() + 2;
  const timer = () => {
    late.push(performance.now() - dueMs);
    while (dueMs <= performance.now()) dueMs += 2;
    setTimeout(timer, dueMs - performance.now());
  };
  setTimeout(timer, 2);
  parentPort.once('message', () => {
    late.sort((left, right) => left - right);
    parentPort.postMessage(late[Math.floor(late.length * 0.99)]);
  });`;

/** Timers are about 1 ms coarse, so the last part of the 50 ms is waited for turn by turn. */
function serverSource(answerAfterMs: number): string {
  return `
    const { createServer } = require('node:http');
    const { parentPort } = require('node:worker_threads');
    const times = [];
    const end = (response, receivedMs) => {
      response.end('ok');
      times.push(performance.now() - receivedMs);
    };
    const answer = (response, receivedMs) => {
      if (performance.now() >= receivedMs + ${answerAfterMs}) end(response, receivedMs);
      else setImmediate(answer, response, receivedMs);
    };
    const server = createServer((_request, response) => {
      const receivedMs = performance.now();
      if (${answerAfterMs} === 0) end(response, receivedMs);
      else setTimeout(answer, ${answerAfterMs} - 2, response, receivedMs);
    });
    parentPort.once('message', () => {
      times.sort((left, right) => left - right);
      parentPort.postMessage(times[times.length >> 1]);
    });
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;
}

function toRow(
  { subject, ratePerSecond }: LoadCase,
  { samples, serverP50Ms, machineP99Ms }: Measured,
): BenchRow {
  const sent = sortValues(samples.map(({ sentMs }) => sentMs));
  const lateness = sortValues(samples.map(({ sentMs, dueMs }) => sentMs - dueMs));
  const times = sortValues(samples.map(({ latencyMs }) => latencyMs));
  const spanMs = (sent.at(-1) ?? 0) - (sent[0] ?? 0);
  const round = (value: number) => Math.round(value * 100) / 100;
  return {
    bench: 'load',
    subject,
    figures: {
      wantedPerSecond: ratePerSecond,
      achievedPerSecond: round(((samples.length - 1) * 1_000) / spanMs),
      latenessP50Ms: round(percentile(lateness, 50)),
      latenessP99Ms: round(percentile(lateness, 99)),
      machineP99Ms: round(machineP99Ms),
      serverP50Ms: round(serverP50Ms),
      p50Ms: round(percentile(times, 50)),
      p99Ms: round(percentile(times, 99)),
      unanswered: samples.filter(({ outcome }) => outcome !== 'answered').length,
    },
  };
}
