import type { Clock } from '../../clock.ts';
import type { Exchange } from '../../types-run.ts';
import type { RunProxy } from './proxies.ts';

/** One item's view of a proxy that the items of a run share. */
export interface ProxyView {
  readonly proxy: RunProxy;
  /** The item has ended. */
  leave(): void;
}

/** A proxy whose records several items need at once. */
export interface SharedProxy {
  /** Opens a view: it gives the exchanges that began since. */
  join(): ProxyView;
}

interface Reader {
  readonly sinceMs: number;
  readonly own: Exchange[];
  readonly beside: Exchange[];
  dropped: number;
}

/**
 * Gives each item that runs its own view of `proxy`, since a record is handed out only once. While one item runs
 * alone every exchange is its own; while several run, an exchange is nobody's until its trace id says whose it is.
 */
export function shareProxy(proxy: RunProxy, clock: Clock): SharedProxy {
  const readers = new Set<Reader>();
  /** When the last of several left: what began before may have been its own. */
  let lastLeftMs = Number.NEGATIVE_INFINITY;
  let last: Promise<void> = Promise.resolve();

  const drain = async (unfinished: boolean) => {
    // One that is still under way is given only once: not while it may be another item's.
    const taken = await proxy.takeExchanges({ unfinished: unfinished && readers.size === 1 });
    for (const reader of readers) reader.dropped += taken.dropped;
    for (const exchange of taken.exchanges) {
      const present = [...readers].filter(({ sinceMs }) => sinceMs <= exchange.startedAtMs);
      const certain = present.length === 1 && exchange.startedAtMs >= lastLeftMs;
      for (const { own, beside } of present) (certain ? own : beside).push(exchange);
    }
  };
  const drainInTurn = (unfinished: boolean) => {
    last = last.catch(() => undefined).then(() => drain(unfinished));
    return last;
  };

  return {
    join() {
      const reader: Reader = { sinceMs: clock.now(), own: [], beside: [], dropped: 0 };
      readers.add(reader);
      return {
        proxy: {
          ...proxy,
          async takeExchanges({ unfinished = false } = {}) {
            await drainInTurn(unfinished);
            const { dropped } = reader;
            reader.dropped = 0;
            return { exchanges: reader.own.splice(0), beside: reader.beside.splice(0), dropped };
          },
        },
        leave() {
          readers.delete(reader);
          if (readers.size > 0) lastLeftMs = clock.now();
        },
      };
    },
  };
}
