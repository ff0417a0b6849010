import type { Watch, WatchDeps } from './types-watch.ts';

/** Looks once, at `atMs` since the drill began; `null`: nothing could be seen. */
export type Look<Seen> = (atMs: number) => Promise<Seen | null>;

/**
 * Looks every `everyMs`, beginning with the drill, until it is stopped. A look is awaited before the next begins, so
 * that looks never pile up; those that would have been due meanwhile are left out. `begin` makes what looks; its
 * signal aborts when the watch ends. A look that fails sees nothing.
 */
export function watchEvery<Seen>(
  begin: (signal: AbortSignal) => Look<Seen>,
  { clock, epochMs, signal }: WatchDeps,
  everyMs: number,
): Watch<readonly Seen[]> {
  const over = new AbortController();
  const ends = AbortSignal.any([signal, over.signal]);
  const seen: Seen[] = [];
  const lookOn = async (look: Look<Seen>) => {
    for (let dueMs = epochMs; !ends.aborted; dueMs = nextDue(dueMs, clock.now(), everyMs)) {
      await clock.sleepUntil(dueMs, ends);
      const point = await look(clock.now() - epochMs).catch(() => null);
      if (point !== null) seen.push(point);
    }
  };
  // What ends the loop is only that it was told to end.
  const looking = lookOn(begin(ends)).catch(() => undefined);
  return {
    async stop() {
      over.abort();
      await looking;
      return seen;
    },
  };
}

function nextDue(lastMs: number, nowMs: number, everyMs: number): number {
  return lastMs + everyMs * Math.max(1, Math.ceil((nowMs - lastMs) / everyMs));
}
