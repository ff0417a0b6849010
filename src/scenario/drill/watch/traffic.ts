import type { OpenProxy } from '../../../proxy/host.ts';
import type { Exchange } from '../../../types-run.ts';
import type { TrafficPoint, Watch, WatchDeps } from '../../../types-watch.ts';
import { watchEvery } from '../../../watch-every.ts';

/**
 * Looks at a dependency's proxy every `everyMs`, and a last time when it is stopped. It takes the proxy's exchanges:
 * nobody else may. Connections count from when the proxy accepted them, so those that a fault refuses or resets
 * are among them.
 */
export function watchTraffic(
  proxy: Pick<OpenProxy, 'traffic' | 'takeExchanges'>,
  deps: WatchDeps,
  everyMs = 250,
): Watch<readonly TrafficPoint[]> {
  const { clock, epochMs } = deps;
  let failed = 0;
  const before = Promise.all([proxy.traffic(), proxy.takeExchanges()]).then(([traffic]) => traffic);
  // A proxy that is closed cannot be looked at: the look that awaits this sees nothing.
  before.catch(() => undefined);
  const look = async (atMs: number): Promise<TrafficPoint> => {
    const base = await before;
    const { exchanges } = await proxy.takeExchanges();
    failed += exchanges.filter(hasFailed).length;
    const now = await proxy.traffic();
    return {
      atMs,
      connections: now.connections - base.connections,
      openConnections: now.openConnections,
      exchanges: now.exchanges - base.exchanges,
      failedExchanges: failed,
    };
  };
  const watch = watchEvery(() => look, deps, everyMs);
  let last: Promise<readonly TrafficPoint[]> | null = null;
  return {
    stop() {
      last ??= watch.stop().then(async (seen) => {
        const point = await look(clock.now() - epochMs).catch(() => null);
        return point === null ? seen : [...seen, point];
      });
      return last;
    },
  };
}

/** An exchange whose client got no good answer of the dependency; an idle connection that is ended was asked nothing. */
export function hasFailed({ outcome, status, continues, requestBytes, responseBytes }: Exchange): boolean {
  if (continues && requestBytes + responseBytes === 0) return false;
  const answered = outcome === 'complete' || (outcome === 'injected' && status !== null);
  return !answered || (status ?? 0) >= 500;
}
