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

/** Enough that the thread is not interrupted in each of them. */
const OFFSET_ATTEMPTS = 8;

/** What `performance.now()`, which counts from the start of its thread, lacks to `hrtime`, which all threads share. */
const OFFSET_MS = measureOffset();

function measureOffset(): number {
  let closest = { gapMs: Number.POSITIVE_INFINITY, offsetMs: 0 };
  for (let attempt = 0; attempt < OFFSET_ATTEMPTS; attempt += 1) {
    const beforeMs = performance.now();
    const sharedMs = Number(process.hrtime.bigint()) / NANOSECONDS_PER_MS;
    const afterMs = performance.now();
    const gapMs = afterMs - beforeMs;
    if (gapMs < closest.gapMs) closest = { gapMs, offsetMs: sharedMs - (beforeMs + afterMs) / 2 };
  }
  return closest.offsetMs;
}

/** Both read the same clock of the system; `hrtime.bigint()` makes an object for each reading, which adds up. */
function now(): number {
  return OFFSET_MS + performance.now();
}

/** The machine's clock. */
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
