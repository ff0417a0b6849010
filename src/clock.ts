/** Time as the product sees it; tests put a fake in its place. */
export interface Clock {
  /** Monotonic ms with fractions, the same for all threads of the process; its zero means nothing. */
  now(): number;
  /** Wall clock, for what people read. */
  date(): Date;
  /**
   * Resolves once `now()` has reached `untilMs`, never earlier.
   *
   * @throws the signal's reason when it aborts first.
   */
  sleepUntil(untilMs: number, signal?: AbortSignal): Promise<void>;
}

const NANOSECONDS_PER_MS = 1e6;
const MAX_TIMER_MS = 2 ** 31 - 1;

function now(): number {
  return Number(process.hrtime.bigint()) / NANOSECONDS_PER_MS;
}

/** The machine's clock. `hrtime` is shared by all threads, `performance.now()` is not. */
export const systemClock: Clock = {
  now,
  date: () => new Date(),
  async sleepUntil(untilMs, signal) {
    signal?.throwIfAborted();
    // setTimeout fires up to 1 ms early (nodejs/node#26578), so what is left is looked at again.
    for (let leftMs = untilMs - now(); leftMs > 0; leftMs = untilMs - now()) {
      await wait(Math.min(Math.max(leftMs, 0), MAX_TIMER_MS), signal);
    }
  },
};

/** Sleeps for `ms` on `clock`. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return clock.sleepUntil(clock.now() + ms, signal);
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
