import type { HealthPoint, Watch, WatchDeps } from '../../../types-watch.ts';
import { watchEvery } from '../../../watch-every.ts';
import { send } from '../../run/http-client.ts';
import { followSignal } from '../../run/stop.ts';

/** A health endpoint that takes longer tells a load balancer nothing in time. */
const LOOK_LIMIT_MS = 2_000;

/**
 * Asks the health endpoint every `everyMs`, each time on a connection of its own, as load balancers do. A look that
 * has no answer after `limitMs` is given up and counts as none; the next look waits for the one before.
 */
export function watchHealth(
  url: string,
  deps: WatchDeps,
  everyMs = 250,
  limitMs = LOOK_LIMIT_MS,
): Watch<readonly HealthPoint[]> {
  const { clock } = deps;
  return watchEvery(
    (signal) => {
      const stop = followSignal(signal);
      return async (atMs) => {
        const dueAtMs = clock.now();
        const answer = await send(
          { method: 'GET', url, via: null, headers: {}, body: null, dueAtMs, timeoutMs: limitMs },
          { stop, keepBytes: 0, pool: null, clock },
        );
        if (answer.outcome === 'aborted') return null;
        const status = answer.outcome === 'answered' ? answer.status : null;
        return { atMs, status, tookMs: answer.endedAtMs - dueAtMs };
      };
    },
    deps,
    everyMs,
  );
}
