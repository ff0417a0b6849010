import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { workerUrl } from '../../bundle.ts';
import { AppError } from '../../errors.ts';
import type { Sample } from '../../types-run.ts';
import type { LoadJob } from './load-job.ts';
import { followSignal, type Stop } from './stop.ts';

/** Sends jobs from a thread of its own, so that a busy server does not bend a measurement. */
export interface Sender {
  /**
   * Resolves when the last request of the job has ended; `onSamples` gets them in batches as they come.
   * After `signal` aborts, requests on their way end as `aborted`.
   *
   * @throws AppError INTERNAL when the thread ended.
   */
  send(job: LoadJob, onSamples: (samples: readonly Sample[]) => void, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export type ToSender =
  | { readonly kind: 'start'; readonly jobId: number; readonly job: LoadJob }
  | { readonly kind: 'stop'; readonly jobId: number };

/** Said once, when the thread is warm. */
export interface SenderReady {
  readonly ready: true;
}

export interface FromSender {
  readonly jobId: number;
  readonly samples: readonly Sample[];
  readonly done: boolean;
}

interface OpenJob {
  readonly onSamples: (samples: readonly Sample[]) => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Starts the thread; resolves once it is warm. */
export async function openSender(): Promise<Sender> {
  const worker = new Worker(workerUrl('load'));
  const jobs = new Map<number, OpenJob>();
  let nextId = 0;
  let ended: AppError | null = null;
  const fail = (cause: unknown) => {
    ended ??= new AppError('INTERNAL', 'The load generator’s thread ended.', {
      hint: 'Run it again; if it happens again, lower clients and rps.',
      cause,
    });
    for (const job of jobs.values()) job.reject(ended);
    jobs.clear();
  };
  worker.on('message', (message: FromSender | SenderReady) => {
    if ('ready' in message) return;
    const { jobId, samples, done } = message;
    const job = jobs.get(jobId);
    if (samples.length > 0) job?.onSamples(samples);
    if (!done) return;
    jobs.delete(jobId);
    job?.resolve();
  });
  worker.on('error', fail);
  worker.on('exit', fail);
  await once(worker, 'message');
  const tell = (message: ToSender) => worker.postMessage(message);
  // Items side by side share the signal of their run: one listener on it does for all.
  const stops = new WeakMap<AbortSignal, Stop>();
  const stopOf = (signal: AbortSignal): Stop => {
    const known = stops.get(signal) ?? followSignal(signal);
    stops.set(signal, known);
    return known;
  };
  return {
    send(job, onSamples, signal) {
      const jobId = nextId;
      nextId += 1;
      return new Promise<void>((resolve, reject) => {
        if (ended !== null) return reject(ended);
        let settle = (): void => undefined;
        jobs.set(jobId, {
          onSamples,
          resolve() {
            settle();
            resolve();
          },
          reject(error) {
            settle();
            reject(error);
          },
        });
        tell({ kind: 'start', jobId, job });
        settle = stopOf(signal).listen(() => tell({ kind: 'stop', jobId }));
      });
    },
    async close() {
      await worker.terminate();
    },
  };
}
