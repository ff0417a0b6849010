import type { Timeline } from '../../../src/proxy/timeline.ts';

export interface FakeTimeline extends Timeline {
  /** Moves the time on, waking what becomes due, each `lateMs` late. */
  advanceTo(ms: number, lateMs?: number): void;
}

/** A timeline that stands still until it is moved. */
export function createFakeTimeline(): FakeTimeline {
  let nowMs = 0;
  let wakeups: { dueMs: number; order: number; wake: () => void }[] = [];
  let order = 0;
  return {
    now: () => nowMs,
    at(dueMs, wake) {
      const entry = { dueMs, order, wake };
      order += 1;
      wakeups.push(entry);
      return {
        cancel() {
          wakeups = wakeups.filter((other) => other !== entry);
        },
      };
    },
    advanceTo(ms, lateMs = 0) {
      for (;;) {
        const [next] = wakeups
          .filter(({ dueMs }) => dueMs + lateMs <= ms)
          .sort((a, b) => a.dueMs - b.dueMs || a.order - b.order);
        if (next === undefined) break;
        wakeups = wakeups.filter((other) => other !== next);
        nowMs = Math.max(nowMs, next.dueMs + lateMs);
        next.wake();
      }
      nowMs = Math.max(nowMs, ms);
    },
  };
}
