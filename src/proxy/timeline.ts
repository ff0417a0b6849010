import type { Clock } from '../clock.ts';

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

interface Entry extends Wakeup {
  readonly dueMs: number;
  readonly order: number;
  /** `null`: cancelled; what it held is let go at once. */
  wake: (() => void) | null;
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
  const heap: Entry[] = [];
  let order = 0;
  let timer: NodeJS.Timeout | null = null;
  let timerDueMs = Number.POSITIVE_INFINITY;
  let turning = false;

  const run = (): void => {
    const nowMs = clock.now();
    for (let entry = heap[0]; entry !== undefined && entry.dueMs <= nowMs; entry = heap[0]) {
      removeFirst(heap);
      entry.wake?.();
    }
    arm();
  };
  const arm = (): void => {
    while (heap[0]?.wake === null) removeFirst(heap);
    const next = heap[0];
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
      const entry: Entry = {
        dueMs,
        order,
        wake,
        cancel() {
          entry.wake = null;
        },
      };
      order += 1;
      insert(heap, entry);
      if (heap[0] === entry) arm();
      return entry;
    },
  };
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

function insert(heap: Entry[], entry: Entry): void {
  let index = heap.push(entry) - 1;
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex];
    if (parent === undefined || !isBefore(entry, parent)) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = entry;
}

function removeFirst(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const childIndex = smallerChild(heap, index);
    const child = heap[childIndex];
    if (child === undefined || !isBefore(child, last)) break;
    heap[index] = child;
    index = childIndex;
  }
  heap[index] = last;
}

function smallerChild(heap: readonly Entry[], index: number): number {
  const left = heap[2 * index + 1];
  const right = heap[2 * index + 2];
  return left !== undefined && right !== undefined && isBefore(right, left) ? 2 * index + 2 : 2 * index + 1;
}
