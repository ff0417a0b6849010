import type { Clock } from '../../../src/clock.ts';

/** A clock whose waits end at once, and are noted; time limits of 30 s and more never come. */
export function noteWaits(): { readonly clock: Clock; readonly waitsMs: number[] } {
  const waitsMs: number[] = [];
  const clock: Clock = {
    now: () => 0,
    date: () => new Date('2026-01-01T00:00:00Z'),
    sleepUntil: async (untilMs, signal) => {
      if (untilMs >= 30_000) await new Promise((_, reject) => signal?.addEventListener('abort', reject));
      waitsMs.push(untilMs);
    },
  };
  return { clock, waitsMs };
}
