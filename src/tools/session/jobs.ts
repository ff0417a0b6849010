import type { Clock } from '../../clock.ts';
import { type AppError, toAppError } from '../../errors.ts';
import type { Answer } from './answer.ts';

export type JobState = 'running' | 'finished' | 'cancelled' | 'failed';

export interface JobProgress {
  readonly done: number;
  readonly total: number;
  /** At most 120 characters. */
  readonly message: string;
}

/** Work that may outlive the call that started it. */
export interface Job {
  readonly id: string;
  /** What people call it: `run`, `verification`, `index`. */
  readonly kind: string;
  readonly startedAtMs: number;
  readonly state: JobState;
  readonly progress: JobProgress;
  /** Set when it has ended by itself or was cancelled with something measured. */
  readonly answer: Answer | null;
  readonly error: AppError | null;
}

export interface JobHandle {
  /** Aborts on `cancel` and when the process ends, never because a host stops waiting. */
  readonly signal: AbortSignal;
  readonly report: (progress: JobProgress) => void;
}

export interface Jobs {
  start(id: string, kind: string, work: (handle: JobHandle) => Promise<Answer>): Job;
  /** By id; `latest` is the one started last. */
  find(id: string): Job | null;
  list(): readonly Job[];
  /** Resolves when the job has ended, `waitMs` are over or `signal` aborts; calls `onProgress` about once a second. */
  wait(
    id: string,
    waitMs: number,
    signal: AbortSignal,
    onProgress: (progress: JobProgress) => void,
  ): Promise<Job | null>;
  /** Ends the job and resolves once it has ended. */
  cancel(id: string): Promise<Job | null>;
  cancelAll(): Promise<void>;
}

const PROGRESS_EVERY_MS = 1_000;
const MAX_KEPT = 50;

interface LiveJob {
  job: Job;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/** Opens an empty list of jobs. */
export function createJobs(clock: Clock): Jobs {
  const live = new Map<string, LiveJob>();
  const find = (id: string) => (id === 'latest' ? [...live.values()].at(-1) : live.get(id));

  return {
    start(id, kind, work) {
      const controller = new AbortController();
      const update = (change: Partial<Job>) => {
        const entry = live.get(id);
        if (entry !== undefined) entry.job = { ...entry.job, ...change };
      };
      const report = (progress: JobProgress) => update({ progress });
      const job: Job = {
        id,
        kind,
        startedAtMs: clock.now(),
        state: 'running',
        progress: { done: 0, total: 0, message: 'starting' },
        answer: null,
        error: null,
      };
      let settle: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => {
        settle = resolve;
      });
      live.set(id, { job, controller, ended });
      forgetOldest(live);
      startNow(work, { signal: controller.signal, report })
        .then(
          (answer) => update({ state: controller.signal.aborted ? 'cancelled' : 'finished', answer }),
          (error: unknown) =>
            update({ state: controller.signal.aborted ? 'cancelled' : 'failed', error: toAppError(error) }),
        )
        .finally(settle);
      return job;
    },
    find: (id) => find(id)?.job ?? null,
    list: () => [...live.values()].map(({ job }) => job),
    async wait(id, waitMs, signal, onProgress) {
      const entry = find(id);
      if (entry === undefined) return null;
      const untilMs = clock.now() + waitMs;
      while (entry.job.state === 'running' && clock.now() < untilMs && !signal.aborted) {
        await waitABit(entry.ended, Math.min(clock.now() + PROGRESS_EVERY_MS, untilMs), clock, signal);
        if (entry.job.state === 'running') onProgress(entry.job.progress);
      }
      return entry.job;
    },
    async cancel(id) {
      const entry = find(id);
      if (entry === undefined) return null;
      entry.controller.abort();
      await entry.ended;
      return entry.job;
    },
    async cancelAll() {
      for (const { controller } of live.values()) controller.abort();
      await Promise.all([...live.values()].map(({ ended }) => ended));
    },
  };
}

/** Begins before it returns, so that a cancel right after finds work that listens. */
async function startNow(work: (handle: JobHandle) => Promise<Answer>, handle: JobHandle): Promise<Answer> {
  return work(handle);
}

async function waitABit(
  ended: Promise<void>,
  untilMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const done = new AbortController();
  const stop = AbortSignal.any([signal, done.signal]);
  await Promise.race([ended, clock.sleepUntil(untilMs, stop).catch(() => undefined)]);
  done.abort();
}

function forgetOldest(live: Map<string, LiveJob>): void {
  for (const [id, { job }] of live) {
    if (live.size <= MAX_KEPT) return;
    if (job.state !== 'running') live.delete(id);
  }
}
