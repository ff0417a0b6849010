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

/**
 * The timeline of one thread. A timer carries a wait to within about a millisecond, as it knows whole
 * milliseconds only and may fire early (nodejs/node#26578); from there `setImmediate` turns the loop, so that
 * sockets are served while it waits.
 */
export function createTimeline(clock: Pick<Clock, 'now'>): Timeline {
  const heap = new WakeHeap();
  let order = 0;
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
  const turn = (): void => {
    turning = false;
    run();
  };
  const fire = (): void => {
    timer = null;
    timerDueMs = Number.POSITIVE_INFINITY;
    run();
  };

  return {
    now: () => clock.now(),
    at(dueMs, wake) {
      const entry = new HeapEntry(dueMs, wake, order);
      order += 1;
      heap.insert(entry);
      if (heap.first === entry) arm();
      return { cancel: () => heap.remove(entry) };
    },
  };
}
