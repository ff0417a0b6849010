import type { Clock } from '../../src/clock.ts';

/** A clock that stands still until it is moved; sleepers wake in the order of their times. */
export interface FakeClock extends Clock {
  /** Moves time to `untilMs`, waking sleepers on the way and letting what they wake run. */
  advanceTo(untilMs: number): Promise<void>;
  /** Times that somebody waits for, sorted. */
  readonly waitingFor: readonly number[];
}

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** Makes a clock that begins at `startMs`. */
export function createFakeClock(startMs = 0): FakeClock {
  let nowMs = startMs;
  let sleepers: Sleeper[] = [];
  return {
    now: () => nowMs,
    date: () => new Date(nowMs),
    sleepUntil(untilMs, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (untilMs <= nowMs) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const sleeper = { untilMs, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(signal.reason);
        });
      });
    },
    async advanceTo(untilMs) {
      for (;;) {
        await settle();
        const next = sleepers.toSorted((a, b) => a.untilMs - b.untilMs)[0];
        if (next === undefined || next.untilMs > untilMs) break;
        sleepers = sleepers.filter((other) => other !== next);
        nowMs = next.untilMs;
        next.wake();
      }
      nowMs = untilMs;
      await settle();
    },
    get waitingFor() {
      return sleepers.map((sleeper) => sleeper.untilMs).toSorted((a, b) => a - b);
    },
  };
}

function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
