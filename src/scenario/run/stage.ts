import { type AppError, toAppError } from '../../errors.ts';
import { checkOnly } from '../../proxy/fit.ts';
import type { ForwardProgram } from '../../proxy/forward.ts';
import { originKey } from '../../proxy/mapping.ts';
import type { Item, ProxyMapping, Upstream } from '../../types.ts';
import type { FaultProgram, PlannedFault, VerdictReason } from '../../types-run.ts';
import { type Forward, isOpen } from './forward.ts';
import type { Placement } from './placement.ts';
import type { RunProxy, RunProxyHost } from './proxies.ts';

/** The proxies of one item, opened and emptied of what came before. */
export interface Stage {
  /** `null`: the item's requests go straight to the target. */
  readonly edge: RunProxy | null;
  readonly dependencies: readonly RunProxy[];
  /** Those on which the faults act. */
  readonly acting: readonly RunProxy[];
  /** Sets the faults of each acting proxy; resolves when all have acknowledged. */
  setFaults(faults: readonly PlannedFault[], epochMs: number): Promise<void>;
  /** Takes the faults off, and closes what was opened for the item. */
  close(): Promise<void>;
}

export interface StageDeps {
  readonly proxies: RunProxyHost;
  readonly openProxies: ReadonlyMap<string, RunProxy>;
  readonly forward: Forward;
  readonly seed: number;
  readonly itemId: string;
  /** Keys what the faults draw. */
  readonly itemKey: string;
}

/** Opens the proxies that the item needs; a reason when one cannot be opened. */
export async function openStage(
  item: Item,
  placement: Placement,
  deps: StageDeps,
): Promise<Stage | VerdictReason> {
  const { seed, itemId, itemKey, forward } = deps;
  const throughForward = placement.forwardOrigins.length > 0;
  if (throughForward && forward !== null && !isOpen(forward)) return forward;
  const idle: FaultProgram = { seed, itemKey, epochMs: 0, faults: [] };
  const opened: RunProxy[] = [];
  const closeOpened = () => Promise.all(opened.map((proxy) => proxy.close()));
  const open = async (name: string, listenPort: number, upstream: Upstream) => {
    const proxy = await deps.proxies.open({ name, listenPort, upstream }, idle);
    opened.push(proxy);
    return proxy;
  };
  try {
    const mapped = [];
    for (const { listenPort, upstream } of mappingsToOpen(item, deps.openProxies)) {
      mapped.push({
        key: originKey(upstream),
        proxy: await open(`${itemId}:${listenPort}`, listenPort, upstream),
      });
    }
    const edge = placement.edge ? await open(`${itemId}:edge`, 0, upstreamOf(item.call.url)) : null;
    const actingKeys = new Set([
      ...placement.openKeys,
      ...placement.mappings.map((each) => originKey(each.upstream)),
    ]);
    const all = [...[...deps.openProxies].map(([key, proxy]) => ({ key, proxy })), ...mapped];
    const acting = all.filter(({ key }) => actingKeys.has(key)).map(({ proxy }) => proxy);
    if (edge !== null) acting.push(edge);
    for (const proxy of acting) checkOnly(item.context.faults, proxy.spec.upstream);
    const dependencies = all.map(({ proxy }) => proxy);
    if (isOpen(forward)) dependencies.push(forward);
    if (isOpen(forward) && throughForward) acting.push(forward);
    await Promise.all(dependencies.map((proxy) => proxy.takeExchanges()));
    const setAll = (program: FaultProgram) => {
      const forwarded: ForwardProgram = { ...program, origins: placement.forwardOrigins };
      return Promise.all(acting.map((proxy) => proxy.setProgram(proxy === forward ? forwarded : program)));
    };
    await setAll(idle);
    return {
      edge,
      dependencies,
      acting,
      setFaults: async (faults, epochMs) => void (await setAll({ seed, itemKey, epochMs, faults })),
      async close() {
        await setAll(idle).finally(closeOpened);
      },
    };
  } catch (error) {
    await closeOpened();
    return explain(toAppError(error));
  }
}

/** Mappings stand open for each item that names them, also where no fault acts on them: the application uses them. */
function mappingsToOpen(item: Item, openProxies: ReadonlyMap<string, RunProxy>): readonly ProxyMapping[] {
  return item.context.proxy.mappings.filter(({ upstream }) => !openProxies.has(originKey(upstream)));
}

function upstreamOf(url: string): Upstream {
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === 'https:';
  return {
    protocol: secure ? 'https' : 'http',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
  };
}

function explain(error: AppError): VerdictReason {
  if (error.code === 'INTERNAL') throw error;
  return { message: `its proxy could not be opened: ${error.message}`, cause: null, remedy: error.hint };
}
