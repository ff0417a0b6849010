import { type Clock, systemClock } from '../../clock.ts';
import { type Config, loadConfig, type Surroundings } from '../../config.ts';
import type { SessionLog } from '../../late-log.ts';
import type { ProxyHost } from '../../proxy/host.ts';
import type { CodeThread } from '../../rag/code-thread.ts';
import type { OpenCode } from '../../rag/open-code.ts';
import { openStore, type Store } from '../../store.ts';
import { createJobs, type Jobs } from './jobs.ts';
import { createNamedProxies, type NamedProxies } from './named-proxies.ts';
import { withPolicy } from './policed-host.ts';

/** What one process keeps between calls: its jobs, its proxies and its index. Shared by all connections. */
export interface Session {
  readonly surroundings: Surroundings;
  readonly clock: Clock;
  readonly log: SessionLog;
  readonly jobs: Jobs;
  readonly proxies: NamedProxies;
  /** Ids of the questions whose yes counts for the session. */
  readonly agreed: Set<string>;
  /** Read anew at each call, so that an edited breakwater.yaml counts at once. */
  loadConfig(): Promise<Config>;
  openStore(): Promise<Store>;
  proxyHost(): Promise<ProxyHost>;
  /** Index of the code below `folder` (absolute); brought up to date at each call, unchanged files are not read again. */
  codeIndex(
    folder: string,
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<OpenCode>;
  /** Ends jobs, proxies and the index; what was measured is kept. Idempotent. */
  close(): Promise<void>;
}

/** Readers of the index that stay open: as many calls may be under way at once. */
const MAX_OPEN_INDEXES = 8;

/** Opens a session. Nothing heavy is loaded and nothing is written until a tool needs it. */
export function openSession(
  surroundings: Surroundings,
  log: SessionLog,
  clock: Clock = systemClock,
): Session {
  let host: Promise<ProxyHost> | null = null;
  let closed: Promise<void> | null = null;
  let codeThread: CodeThread | null = null;
  const indexes: OpenCode[] = [];
  const jobs = createJobs(clock);
  const proxyHost = () => {
    const load = () => loadConfig(surroundings);
    host ??= Promise.all([import('../../proxy/host.ts'), import('./target-tls.ts')]).then(
      ([{ createProxyHost }, { withTargetTls }]) => withPolicy(withTargetTls(createProxyHost(), load), load),
    );
    return host;
  };
  const proxies = createNamedProxies(proxyHost, clock);

  const closeAll = async () => {
    await jobs.cancelAll();
    await proxies.closeAll();
    await host?.then((opened) => opened.close());
    await codeThread?.stop();
  };

  return {
    surroundings,
    clock,
    log,
    jobs,
    proxies,
    agreed: new Set(),
    loadConfig: () => loadConfig(surroundings),
    openStore: async () => openStore((await loadConfig(surroundings)).workspace),
    proxyHost,
    async codeIndex(folder, signal, onProgress) {
      const [{ openCode }, { CodeThread: Thread }, { workspace }] = await Promise.all([
        import('../../rag/open-code.ts'),
        import('../../rag/code-thread.ts'),
        loadConfig(surroundings),
      ]);
      codeThread ??= new Thread();
      const stateFolder = await openStore(workspace).locate('index');
      const index = await openCode(folder, stateFolder, codeThread, signal, onProgress);
      indexes.push(index);
      // A call beside this one may still read an earlier one.
      while (indexes.length > MAX_OPEN_INDEXES) indexes.shift()?.close();
      return index;
    },
    close() {
      closed ??= closeAll();
      return closed;
    },
  };
}
