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
  /** Upstreams that only a forward proxy reaches, as written; `*`: all. */
  readonly forwardOrigins: readonly string[];
  readonly notices: readonly Notice[];
  /** Why the item cannot be run; `null`: it can. */
  readonly obstacle: VerdictReason | null;
}

/** What stands open beside the item's own proxies. */
export interface Surroundings {
  /** Origin keys of the proxies that are open. */
  readonly openKeys: ReadonlySet<string>;
  /** The run has a forward proxy. */
  readonly forward: boolean;
}

/** Finds for each upstream of the item the proxy that reaches it; the item is not run where there is none. */
export function placeFaults(item: Item, open: Surroundings, where: string): Placement {
  const { faults, upstreams, proxy } = item.context;
  const nowhere: Placement = { ...NOWHERE, notices: [], obstacle: null };
  if (faults.length === 0) return nowhere;
  const reached = {
    edge: false,
    openKeys: new Set<string>(),
    mappings: new Set<ProxyMapping>(),
    forwardOrigins: new Set<string>(),
  };
  const surroundings = { ...open, item, target: originKey(item.call.url) };
  for (const upstream of upstreams.length > 0 ? upstreams : [UNNAMED]) {
    const reach = reachUpstream(upstream, surroundings);
    if (reach === null) return { ...nowhere, obstacle: explainUnreached(upstream, surroundings) };
    reached.edge ||= reach.edge;
    for (const key of reach.openKeys) reached.openKeys.add(key);
    for (const mapping of reach.mappings) reached.mappings.add(mapping);
    for (const origin of reach.forwardOrigins) reached.forwardOrigins.add(origin);
  }
  const unnamed = `No upstreams are named, so the faults act on ${proxy.mappings.length > 0 ? 'the mapped dependencies' : 'the call’s own origin'}.`;
  return {
    edge: reached.edge,
    openKeys: [...reached.openKeys].sort(),
    mappings: [...reached.mappings],
    forwardOrigins: [...reached.forwardOrigins],
    notices: upstreams.length > 0 ? [] : [{ where, message: unnamed }],
    obstacle: null,
  };
}

/** Stands for a list of upstreams that is empty. */
const UNNAMED = '';

interface ItemSurroundings extends Surroundings {
  readonly item: Item;
  readonly target: string;
}
type Reach = Pick<Placement, 'edge' | 'openKeys' | 'mappings' | 'forwardOrigins'>;
const NOWHERE: Reach = { edge: false, openKeys: [], mappings: [], forwardOrigins: [] };
/** Only these are asked for by way of HTTP_PROXY. */
const FORWARDED = /^https?:\/\//i;

function reachUpstream(
  upstream: string,
  { item, openKeys, forward, target }: ItemSurroundings,
): Reach | null {
  const { disableHttpProxies, mappings } = item.context.proxy;
  const mapped: Reach = {
    ...NOWHERE,
    openKeys: mappings.map(({ upstream: each }) => originKey(each)).filter((key) => openKeys.has(key)),
    mappings: mappings.filter(({ upstream: each }) => !openKeys.has(originKey(each))),
  };
  if (upstream === '*') {
    const forwardOrigins = forward && !disableHttpProxies ? ['*'] : [];
    const all = { ...mapped, edge: !disableHttpProxies, openKeys: [...openKeys], forwardOrigins };
    return all.edge || all.openKeys.length > 0 || all.mappings.length > 0 ? all : null;
  }
  if (upstream === UNNAMED && mappings.length > 0) return mapped;
  const key = upstream === UNNAMED ? target : originKey(upstream);
  if (key === target && !disableHttpProxies) return { ...NOWHERE, edge: true };
  if (openKeys.has(key)) return { ...NOWHERE, openKeys: [key] };
  const own = mapped.mappings.filter((mapping) => originKey(mapping.upstream) === key);
  if (own.length > 0) return { ...NOWHERE, mappings: own };
  if (key !== target && !disableHttpProxies && FORWARDED.test(upstream))
    return { ...NOWHERE, forwardOrigins: [upstream] };
  // Without an edge proxy, faults on the target itself can only mean its mapped dependencies.
  return key === target && mappings.length > 0 ? mapped : null;
}

function explainUnreached(upstream: string, { target }: ItemSurroundings): VerdictReason {
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
