import type { Clock } from '../../clock.ts';
import { AppError } from '../../errors.ts';
import type { OpenProxy, ProxyHost } from '../../proxy/host.ts';
import { originKey } from '../../proxy/mapping.ts';
import { resolveWindows } from '../../proxy/periods.ts';
import type { Fault, ProxyMapping, ServerIdentity } from '../../types.ts';
import type { ProxyTraffic } from '../../types-proxy.ts';
import type { FaultProgram } from '../../types-run.ts';

/** A proxy that the user opened by name. */
export interface NamedProxy {
  readonly name: string;
  readonly proxy: OpenProxy;
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** `Clock.now()` at which it closes by itself; `null`: not before it is told to. */
  readonly closesAtMs: number | null;
}

export interface OpenRequest {
  readonly name: string;
  readonly mapping: ProxyMapping;
  readonly faults: readonly Fault[];
  readonly seed: number;
  readonly lifetimeMs: number | null;
  /** What clients are shown, who then speak TLS to the proxy; `null`: they do not. */
  readonly clientTls: ServerIdentity | null;
}

/** The proxies that live between calls, by name. */
export interface NamedProxies {
  /** Opens a proxy; when one of that name is open, replaces its faults (and must have the same upstream). */
  open(request: OpenRequest): Promise<NamedProxy>;
  list(): readonly NamedProxy[];
  close(name: string): Promise<ProxyTraffic | null>;
  closeAll(): Promise<void>;
  /** By `originKey` of their upstream, for runs. */
  byUpstream(): ReadonlyMap<string, OpenProxy>;
}

interface Entry {
  readonly named: NamedProxy;
  readonly timer: NodeJS.Timeout | null;
}

/** Opens the list; the host (and its worker) starts with the first proxy. */
export function createNamedProxies(host: () => Promise<ProxyHost>, clock: Clock): NamedProxies {
  const entries = new Map<string, Entry>();

  const close = async (name: string): Promise<ProxyTraffic | null> => {
    const entry = entries.get(name);
    if (entry === undefined) return null;
    entries.delete(name);
    if (entry.timer !== null) clearTimeout(entry.timer);
    return entry.named.proxy.close();
  };

  return {
    async open(request) {
      const existing = entries.get(request.name);
      const program = programOf(request, clock);
      const proxy =
        existing === undefined
          ? await openNew(await host(), request, program)
          : await changeFaults(existing.named, request, program);
      if (existing?.timer) clearTimeout(existing.timer);
      const timer =
        request.lifetimeMs === null
          ? null
          : setTimeout(() => void close(request.name).catch(() => undefined), request.lifetimeMs).unref();
      const closesAtMs = request.lifetimeMs === null ? null : clock.now() + request.lifetimeMs;
      const named = { name: request.name, proxy, faults: request.faults, seed: request.seed, closesAtMs };
      entries.set(request.name, { named, timer });
      return named;
    },
    list: () =>
      [...entries.values()].map(({ named }) => named).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    close,
    async closeAll() {
      await Promise.all([...entries.keys()].map(close));
    },
    byUpstream: () =>
      new Map([...entries.values()].map(({ named }) => [originKey(named.proxy.spec.upstream), named.proxy])),
  };
}

function openNew(host: ProxyHost, request: OpenRequest, program: FaultProgram): Promise<OpenProxy> {
  const { listenPort, upstream } = request.mapping;
  const clientTls = request.clientTls === null ? {} : { clientTls: request.clientTls };
  return host.open({ name: request.name, listenPort, upstream, ...clientTls }, program);
}

async function changeFaults(
  named: NamedProxy,
  request: OpenRequest,
  program: FaultProgram,
): Promise<OpenProxy> {
  const { proxy } = named;
  if (originKey(proxy.spec.upstream) !== originKey(request.mapping.upstream)) {
    throw new AppError(
      'BAD_INPUT',
      `A proxy named "${request.name}" is open already, to another upstream (${originKey(proxy.spec.upstream)}).`,
      {
        hint: 'Choose another name, or close it first with proxy_close.',
      },
    );
  }
  if ((proxy.spec.clientTls === undefined) !== (request.clientTls === null)) {
    throw new AppError(
      'BAD_INPUT',
      `The proxy "${request.name}" is open ${request.clientTls === null ? 'with' : 'without'} tls; only its faults can be changed.`,
      { hint: 'Give tls as it was opened, or close it first with proxy_close.' },
    );
  }
  await proxy.setProgram(program);
  return proxy;
}

function programOf(request: OpenRequest, clock: Clock): FaultProgram {
  return {
    seed: request.seed,
    itemKey: request.name,
    epochMs: clock.now(),
    faults: request.faults.map((fault, index) => ({
      index,
      fault,
      windows: resolveWindows(fault.periods, null),
    })),
  };
}
