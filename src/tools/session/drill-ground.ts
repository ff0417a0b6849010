import type { AppConfig, Config } from '../../config.ts';
import { readVariable } from '../../config.ts';
import { resolveCredentials } from '../../credentials.ts';
import { AppError } from '../../errors.ts';
import { emptyProgram, type OpenProxy } from '../../proxy/host.ts';
import type { DrillRequest, DrillRunDeps } from '../../scenario/drill/run-drills.ts';
import { fillNames, listOpenNames } from '../../scenario/run/placeholders.ts';
import { runSetup } from '../../scenario/run/setup.ts';
import type { RestartableService } from '../../service/drill-service.ts';
import type { Call, Fault } from '../../types.ts';
import type { DrillConfig, DurabilityCheck } from '../../types-drill.ts';
import type { DrillDependency } from '../../types-means.ts';
import { checkTargetFor } from './credentials.ts';
import { parseDependencies } from './dependencies.ts';
import { aimCall } from './drill-config.ts';
import { openDrillWatches } from './drill-watches.ts';
import type { JobHandle } from './jobs.ts';
import type { Session } from './session.ts';

const READY_TIMEOUT_MS = 60_000;

/** What drills stand on: the service started, its dependencies behind proxies, and all that looks at them. */
export interface OpenGround {
  readonly deps: Omit<DrillRunDeps, 'keep' | 'onProgress'>;
  /** Ends all of it; idempotent. */
  close(): Promise<void>;
}

/**
 * Opens a proxy for each dependency, starts the service by its command in the workspace, and the load generator.
 * When one cannot be opened, those before are ended.
 *
 * @throws AppError as `startService` does; TARGET_NOT_ALLOWED for calls that lead elsewhere.
 */
export async function openDrillGround(
  { seed, config: drills }: DrillRequest,
  { config, app }: { readonly config: Config; readonly app: AppConfig },
  session: Session,
  { signal }: JobHandle,
): Promise<OpenGround> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    // The last opened stands on those before.
    for (const closer of closers.splice(0).toReversed()) await closer().catch(() => undefined);
  };
  try {
    const [{ createDrillService }, { createDrillMeans }, { openSender }, { openJournal }, host, store] =
      await Promise.all([
        import('../../service/drill-service.ts'),
        import('../../service/means/means.ts'),
        import('../../scenario/run/sender.ts'),
        import('../../service/drill-journal.ts'),
        session.proxyHost(),
        session.openStore(),
      ]);
    const proxies = new Map<string, OpenProxy>();
    for (const [name, { upstream }] of Object.entries(parseDependencies(config))) {
      const proxy = await host.open({ name: `${name} (drill)`, listenPort: 0, upstream }, emptyProgram(seed));
      proxies.set(name, proxy);
      closers.push(() => proxy.close());
    }
    const { clock } = session;
    const baseEnv = session.surroundings.serviceEnv;
    const addresses = Object.fromEntries(
      [...proxies].map(([name, { host: at, port }]) => [name, `${at}:${port}`]),
    );
    const options = { folder: config.workspace, dependencies: addresses, readyTimeoutMs: READY_TIMEOUT_MS };
    const service = await createDrillService(app, options, { clock, signal, baseEnv });
    closers.push(() => service.stop());
    const sender = await openSender();
    closers.push(() => sender.close());
    const { calls, checks } = await aimCalls(drills, service, config, { seed, signal });
    const dependencies = [...proxies].map(([name, proxy]) => toDependency(name, proxy, seed, session));
    const journal = openJournal(store, clock);
    const means = createDrillMeans({ clock, signal, baseEnv, app, journal, allowHosts: config.allowHosts });
    const watches = openDrillWatches({
      drills,
      app,
      service,
      proxies,
      checks,
      seed,
      allowHosts: config.allowHosts,
    });
    const prepare = (anew: boolean) => prepareService(service, anew);
    return {
      deps: {
        clock,
        signal,
        seed,
        sender,
        calls,
        rule: drills.recovery,
        service,
        dependencies,
        means,
        watches,
        prepare,
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function prepareService(service: RestartableService, anew: boolean): Promise<void> {
  if (anew) await service.crash();
  await service.start();
  await service.untilReady(READY_TIMEOUT_MS);
}

async function aimCalls(
  { load, durability }: DrillConfig,
  { baseUrl }: RestartableService,
  config: Config,
  deps: { readonly seed: number; readonly signal: AbortSignal },
): Promise<{ readonly calls: readonly Call[]; readonly checks: readonly DurabilityCheck[] }> {
  const pairs = durability.map(({ type, write, read }) => ({
    type,
    write: aimCall(write, baseUrl),
    read: aimCall(read, baseUrl),
  }));
  const writes = pairs.map(({ write }) => write);
  const aimed = load.map((call) => aimCall(call, baseUrl));
  const every = [...aimed, ...writes, ...pairs.map(({ read }) => read)];
  const credentials = resolveCredentials(every, config.auth, readVariable);
  for (const { url } of every) await checkTargetFor(credentials, url, config);
  const open = aimed.flatMap(listOpenNames);
  // What is read back needs something that is there.
  const needed = writes.filter(({ capture }) => Object.keys(capture).some((name) => open.includes(name)));
  const { values, obstacle } = await runSetup(
    needed,
    {},
    {
      ...deps,
      key: 'drill',
      authorize: (call) => credentials.apply(call),
      allowHosts: config.allowHosts,
    },
  );
  if (obstacle !== null)
    throw new AppError('SERVICE_NOT_READY', `drills.write of breakwater.yaml: ${obstacle.message}.`);
  const filled = aimed.map((call) => fillNames(call, values));
  const without = filled.find((call) => listOpenNames(call).length > 0);
  if (without !== undefined) throw openName(without);
  return {
    calls: filled.map((call) => credentials.apply(call)),
    checks: pairs.map(({ type, write, read }) => ({
      type,
      write: credentials.apply(write),
      read: credentials.apply(read),
    })),
  };
}

function toDependency(name: string, proxy: OpenProxy, seed: number, { clock }: Session): DrillDependency {
  return {
    name,
    upstream: proxy.spec.upstream,
    setFaults: (faults: readonly Fault[]) =>
      proxy.setProgram({
        seed,
        itemKey: name,
        epochMs: clock.now(),
        faults: faults.map((fault, index) => ({ index, fault, windows: ALWAYS })),
      }),
    async counts() {
      const { hits, connections } = await proxy.traffic();
      return { hits, connections };
    },
  };
}

const ALWAYS = [{ startMs: 0, endMs: Number.POSITIVE_INFINITY }];

function openName({ url }: Call): AppError {
  return new AppError('CONFIG_INVALID', `drills.load of breakwater.yaml: ${url} has no value for its {…}.`, {
    hint: 'Write the value into the URL, or let drills.write capture it.',
  });
}
