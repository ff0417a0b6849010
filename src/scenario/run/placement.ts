import { originKey } from '../../proxy/mapping.ts';
import type { Item, Notice, ProxyMapping } from '../../types.ts';
import type { VerdictReason } from '../../types-run.ts';

/** Where an item's faults act. */
export interface Placement {
  /** Between us and the target. */
  readonly edge: boolean;
  /** Origin keys of proxies that are open already. */
  readonly openKeys: readonly string[];
  /** Mappings of the item, opened for it. */
  readonly mappings: readonly ProxyMapping[];
  readonly notices: readonly Notice[];
  /** Why the item cannot be run; `null`: it can. */
  readonly obstacle: VerdictReason | null;
}

/** Finds for each upstream of the item the proxy that reaches it; the item is not run where there is none. */
export function placeFaults(item: Item, openKeys: ReadonlySet<string>, where: string): Placement {
  const { faults, upstreams, proxy } = item.context;
  const nowhere: Placement = { edge: false, openKeys: [], mappings: [], notices: [], obstacle: null };
  if (faults.length === 0) return nowhere;
  const reached = { edge: false, openKeys: new Set<string>(), mappings: new Set<ProxyMapping>() };
  const surroundings = { item, openKeys, target: originKey(item.call.url) };
  for (const upstream of upstreams.length > 0 ? upstreams : [UNNAMED]) {
    const reach = reachUpstream(upstream, surroundings);
    if (reach === null) return { ...nowhere, obstacle: explainUnreached(upstream, surroundings) };
    reached.edge ||= reach.edge;
    for (const key of reach.openKeys) reached.openKeys.add(key);
    for (const mapping of reach.mappings) reached.mappings.add(mapping);
  }
  const unnamed = `No upstreams are named, so the faults act on ${proxy.mappings.length > 0 ? 'the mapped dependencies' : 'the call’s own origin'}.`;
  return {
    edge: reached.edge,
    openKeys: [...reached.openKeys].sort(),
    mappings: [...reached.mappings],
    notices: upstreams.length > 0 ? [] : [{ where, message: unnamed }],
    obstacle: null,
  };
}

/** Stands for a list of upstreams that is empty. */
const UNNAMED = '';

interface Surroundings {
  readonly item: Item;
  readonly openKeys: ReadonlySet<string>;
  readonly target: string;
}
type Reach = Pick<Placement, 'edge' | 'openKeys' | 'mappings'>;

function reachUpstream(upstream: string, { item, openKeys, target }: Surroundings): Reach | null {
  const { disableHttpProxies, mappings } = item.context.proxy;
  const edge: Reach = { edge: true, openKeys: [], mappings: [] };
  const mapped: Reach = {
    edge: false,
    openKeys: mappings.map(({ upstream: each }) => originKey(each)).filter((key) => openKeys.has(key)),
    mappings: mappings.filter(({ upstream: each }) => !openKeys.has(originKey(each))),
  };
  if (upstream === '*') {
    const all = { ...mapped, edge: !disableHttpProxies, openKeys: [...openKeys] };
    return all.edge || all.openKeys.length > 0 || all.mappings.length > 0 ? all : null;
  }
  if (upstream === UNNAMED && mappings.length > 0) return mapped;
  const key = upstream === UNNAMED ? target : originKey(upstream);
  if (key === target && !disableHttpProxies) return edge;
  if (openKeys.has(key)) return { ...edge, edge: false, openKeys: [key] };
  const own = mapped.mappings.filter((mapping) => originKey(mapping.upstream) === key);
  if (own.length > 0) return { ...edge, edge: false, mappings: own };
  // Without an edge proxy, faults on the target itself can only mean its mapped dependencies.
  return key === target && mappings.length > 0 ? mapped : null;
}

function explainUnreached(upstream: string, { target }: Surroundings): VerdictReason {
  if (['*', UNNAMED].includes(upstream) || originKey(upstream) === target) {
    return {
      message: 'its faults act nowhere: disable_http_proxies is set and no dependency is mapped',
      cause: null,
      remedy: 'Leave disable_http_proxies out, or map the dependency under proxy.proxies.',
    };
  }
  return {
    message: `no proxy reaches the upstream ${upstream}`,
    cause: null,
    remedy: `Open one with proxy_open (upstream: ${upstream}) and start the application with the address that it gives, or map it under proxy.proxies.`,
  };
}
