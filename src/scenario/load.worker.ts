import { createServer } from 'node:http';
import { parentPort } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import type { Call } from '../types.ts';
import type { Sample } from '../types-run.ts';
import { type LoadJob, runJob } from './run/load-job.ts';
import type { FromSender, SenderReady, ToSender } from './run/sender.ts';

/** Samples are handed over in batches: a message for each would wake the other thread a thousand times a second. */
const BATCH_MS = 50;

const WARM_UP_REQUESTS = 40;

const stops = new Map<number, AbortController>();

await warmUp();
parentPort?.on('message', (message: ToSender) => {
  if (message.kind === 'stop') stops.get(message.jobId)?.abort();
  else void work(message.jobId, message.job);
});

/**
 * The first requests of a process take some ms longer, while the client is still being compiled. They go to a
 * server of our own, so that they are not put down to the target.
 */
async function warmUp(): Promise<void> {
  const server = createServer((_request, response) => response.end('warm'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
  const call: Call = { method: 'GET', url, headers: {}, body: null, timeoutMs: 1_000, operationId: null };
  const startAtMs = systemClock.now();
  const times = { startAtMs, epochMs: startAtMs, intervalMs: 0, count: WARM_UP_REQUESTS };
  const place = {
    itemId: 'warm-up',
    itemKey: '',
    phase: 'setup',
    step: 0,
    firstSequence: 0,
    firstNumber: 0,
  } as const;
  const how = { via: null, connection: 'per-request', seed: 0 } as const;
  const { signal } = new AbortController();
  await runJob({ call, ...times, ...place, ...how }, { signal, onSample: () => undefined });
  server.close();
  const ready: SenderReady = { ready: true };
  parentPort?.postMessage(ready);
}

async function work(jobId: number, job: LoadJob): Promise<void> {
  const stop = new AbortController();
  stops.set(jobId, stop);
  let batch: Sample[] = [];
  const post = (done: boolean) => {
    const answer: FromSender = { jobId, samples: batch, done };
    batch = [];
    parentPort?.postMessage(answer);
  };
  const timer = setInterval(() => batch.length > 0 && post(false), BATCH_MS);
  try {
    await runJob(job, { signal: stop.signal, onSample: (sample) => batch.push(sample) });
  } finally {
    clearInterval(timer);
    stops.delete(jobId);
    post(true);
  }
}
