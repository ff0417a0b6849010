import type { AppConfig } from '../../config.ts';
import type { OpenProxy } from '../../proxy/host.ts';
import { formatMapping } from '../../proxy/mapping.ts';
import type { DrillWatches } from '../../scenario/drill/run-drill.ts';
import { watchDurability } from '../../scenario/drill/watch/durability.ts';
import { watchHealth } from '../../scenario/drill/watch/health.ts';
import { watchTraffic } from '../../scenario/drill/watch/traffic.ts';
import type { Watch, WatchDeps } from '../../scenario/drill/watch.ts';
import { connectionUrlOf } from '../../service/ask/connection-url.ts';
import { watchVoices } from '../../service/ask/voices.ts';
import type { RestartableService } from '../../service/drill-service.ts';
import { watchVitals } from '../../service/vitals.ts';
import type { DrillConfig, DurabilityCheck } from '../../types-drill.ts';
import type { DependencyRecord } from '../../types-watch.ts';

const VITALS_EVERY_MS = 500;

/** What is looked at, and through what. */
export interface Watched {
  readonly drills: DrillConfig;
  readonly app: AppConfig;
  readonly service: RestartableService;
  readonly proxies: ReadonlyMap<string, OpenProxy>;
  /** Writes and reads that are ready to be sent: complete URLs, credentials in place. */
  readonly checks: readonly DurabilityCheck[];
  readonly seed: number;
  /** Hosts other than loopback, as the user's configuration has them. */
  readonly allowHosts: readonly string[];
}

/** Makes what looks at the service and its dependencies while drills run. */
export function openDrillWatches(watched: Watched): DrillWatches {
  const { drills, service, proxies } = watched;
  return {
    health: (deps) =>
      drills.health === null ? nothing([]) : watchHealth(aim(drills.health, service.baseUrl), deps),
    vitals: (deps) => watchVitals(service.listPids, deps, VITALS_EVERY_MS),
    dependencies: (deps) =>
      watchAll([...proxies].map(([name, proxy]) => watchDependency(name, proxy, watched, deps))),
    ends: ({ epochMs }) => ({ stop: async () => service.listUnexpectedEnds(epochMs) }),
    durability: (deps) => watchDurability(watched.checks, { ...deps, seed: watched.seed }),
  };
}

function watchDependency(
  name: string,
  { spec, ...proxy }: OpenProxy,
  { app, allowHosts }: Watched,
  deps: WatchDeps,
): Watch<Omit<DependencyRecord, 'broken'>> {
  const { upstream, tls } = spec;
  const traffic = watchTraffic(proxy, deps);
  const voices = watchVoices({ url: connectionUrlOf(app.env, name, upstream), tls, allowHosts }, deps);
  return {
    async stop() {
      const [seen, heard] = await Promise.all([traffic.stop(), voices.stop()]);
      return { name, upstream: formatMapping({ listenPort: 0, upstream }), traffic: seen, ...heard };
    },
  };
}

function watchAll<Seen>(watches: readonly Watch<Seen>[]): Watch<readonly Seen[]> {
  return { stop: () => Promise.all(watches.map((watch) => watch.stop())) };
}

function nothing<Seen>(seen: Seen): Watch<Seen> {
  return { stop: async () => seen };
}

function aim(url: string, baseUrl: string): string {
  return new URL(url, baseUrl).href;
}
