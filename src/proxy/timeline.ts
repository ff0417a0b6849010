import type { Clock } from '../clock.ts';
import { HeapEntry, WakeHeap } from './wake-heap.ts';

/** A wake-up that was asked for. */
export interface Wakeup {
  cancel(): void;
}

/** Calls back at given times, never early. */
export interface Timeline {
  now(): number;
  /** Calls `wake` once `now()` has reached `dueMs`; those due at the same time in the order asked. */
  at(dueMs: number, wake: () => void): Wakeup;
}

/** What `setTimeout` may come too late; the rest of a wait is spent turning the event loop. */
const TIMER_SLACK_MS = 0.15;
const LEAST_TIMER_MS = 1;
const MAX_TIMER_MS = 2 ** 30;
/** A nap is this long, and as much longer as the system takes to wake a thread up, some 0.07 ms on Linux. */
const NAP_MS = 0.1;
/** A wake-up that is due sooner than this is not slept through. */
const NAP_FROM_MS = 0.25;
/**
 * Where more wake-ups than this are asked for, there is hardly a moment to sleep in, and the clients keep all cores so
 * busy that a thread which slept gets one back late.
 */
const CROWD_PER_MS = 2;
const CROWD_WINDOW_MS = 10;
/** There a turn in which nothing came takes at least this long: each one makes garbage. */
const CROWDED_TURN_MS = 0.02;
/** A load takes 1 to 10 ns. */
const PAUSE_LOADS = 500;

/**
 * The timeline of one thread. A timer carries a wait to within about a millisecond, as it knows whole
 * milliseconds only and may fire early (nodejs/node#26578); from there `setImmediate` turns the loop, so that
 * sockets are served while it waits. A turn in which nothing came is followed by a nap of the thread: turning alone
 * would keep a core busy that the service under test needs, and makes garbage, whose collection holds up others.
 */
export function createTimeline(clock: Pick<Clock, 'now'>, nap: (ms: number) => void = napThread): Timeline {
  const heap = new WakeHeap();
  let order = 0;
  /** Whether anybody has asked for the time or a wake-up since the last turn. */
  let isBusy = true;
  let isCrowded = false;
  let window = { fromMs: clock.now(), first: 0 };
  let timer: NodeJS.Timeout | null = null;
  let timerDueMs = Number.POSITIVE_INFINITY;
  let turning = false;

  const run = (): void => {
    const nowMs = clock.now();
    for (let entry = heap.first; entry !== undefined && entry.dueMs <= nowMs; entry = heap.first) {
      heap.remove(entry);
      entry.wake();
    }
    arm();
  };
  const arm = (): void => {
    const next = heap.first;
    if (next === undefined || turning) return;
    if (timer !== null && timerDueMs <= next.dueMs) return;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const waitMs = Math.floor(next.dueMs - clock.now() - TIMER_SLACK_MS);
    if (waitMs < LEAST_TIMER_MS) {
      turning = true;
      setImmediate(turn);
      return;
    }
    timerDueMs = next.dueMs;
    timer = setTimeout(fire, Math.min(waitMs, MAX_TIMER_MS));
  };
  const watchCrowd = (nowMs: number): void => {
    const passedMs = nowMs - window.fromMs;
    if (passedMs < CROWD_WINDOW_MS) return;
    isCrowded = order - window.first > CROWD_PER_MS * passedMs;
    window = { fromMs: nowMs, first: order };
  };
  const spinUntil = (endMs: number): void => {
    while (clock.now() < endMs) pause();
  };
  const turn = (): void => {
    turning = false;
    const next = heap.first;
    const nowMs = clock.now();
    watchCrowd(nowMs);
    if (!isBusy && next !== undefined) {
      if (isCrowded) spinUntil(Math.min(next.dueMs, nowMs + CROWDED_TURN_MS));
      else if (next.dueMs - nowMs > NAP_FROM_MS) nap(NAP_MS);
    }
    isBusy = false;
    run();
  };
  const fire = (): void => {
    timer = null;
    timerDueMs = Number.POSITIVE_INFINITY;
    run();
  };

  return {
    now() {
      isBusy = true;
      return clock.now();
    },
    at(dueMs, wake) {
      isBusy = true;
      const entry = new HeapEntry(heap, dueMs, wake, order);
      order += 1;
      heap.insert(entry);
      if (heap.first === entry) arm();
      return entry;
    },
  };
}

const NEVER_WOKEN = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Some microseconds, so that the clock is asked seldom, whose every answer is an object. */
function pause(): void {
  for (let count = 0; count < PAUSE_LOADS; count += 1) Atomics.load(NEVER_WOKEN, 0);
}

/** The only wait of a thread that knows fractions of a millisecond and costs no processor time. */
function napThread(ms: number): void {
  Atomics.wait(NEVER_WOKEN, 0, 0, ms);
}
