import type { Clock } from '../../clock.ts';
import { AppError } from '../../errors.ts';
import type { OpenProxy, ProxyHost } from '../../proxy/host.ts';
import { formatMapping, originKey } from '../../proxy/mapping.ts';
import { resolveWindows } from '../../proxy/periods.ts';
import type { Fault, ProxyMapping, ServerIdentity } from '../../types.ts';
import type { ProxyTraffic } from '../../types-proxy.ts';
import type { FaultProgram } from '../../types-run.ts';
import { quote } from '../../units.ts';

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
  /**
   * Opens a proxy; when one of that name is open, replaces its faults (and must have the same upstream and port).
   *
   * @throws AppError BAD_INPUT when it is another upstream or port, or a run uses the proxy.
   */
  open(request: OpenRequest): Promise<NamedProxy>;
  list(): readonly NamedProxy[];
  /** The run that has set faults of its own on the proxy and is still going on; `null`: none. */
  userOf(name: string): string | null;
  /**
   * Closes a proxy; `null`: none of that name is open.
   *
   * @throws AppError BAD_INPUT while a run uses it.
   */
  close(name: string): Promise<ProxyTraffic | null>;
  /** Closes all of them, runs or not. */
  closeAll(): Promise<void>;
  /** By `originKey` of their upstream. */
  byUpstream(): ReadonlyMap<string, OpenProxy>;
  /** Gives them to a run; from its first faults on a proxy until `release` it is not closed, nor are its faults replaced. */
  lend(runId: string): Loan;
}

/** Proxies that a run has been given. */
export interface Loan {
  readonly byUpstream: ReadonlyMap<string, OpenProxy>;
  /** The run has ended. */
  release(): void;
}

interface Entry {
  readonly named: NamedProxy;
  readonly timer: NodeJS.Timeout | null;
  /** Runs whose faults are on it. */
  readonly users: Set<string>;
  readonly life: { closed: boolean; overdue: boolean };
}

/** Opens the list; the host (and its worker) starts with the first proxy. */
export function createNamedProxies(host: () => Promise<ProxyHost>, clock: Clock): NamedProxies {
  const entries = new Map<string, Entry>();

  const close = async (name: string): Promise<ProxyTraffic | null> => {
    const entry = entries.get(name);
    if (entry === undefined) return null;
    entries.delete(name);
    entry.life.closed = true;
    if (entry.timer !== null) clearTimeout(entry.timer);
    return entry.named.proxy.close();
  };
  /** At the end of its life; with that of the run, where one uses it. */
  const expire = (name: string): void => {
    const entry = entries.get(name);
    if (entry !== undefined && entry.users.size > 0) entry.life.overdue = true;
    else void close(name).catch(() => undefined);
  };

  return {
    async open(request) {
      const existing = entries.get(request.name);
      if (existing !== undefined)
        demandUnused(existing.named, existing.users, 'its faults cannot be replaced');
      const program = programOf(request, clock);
      const proxy =
        existing === undefined
          ? await openNew(await host(), request, program)
          : await changeFaults(existing.named, request, program);
      if (existing?.timer) clearTimeout(existing.timer);
      const timer =
        request.lifetimeMs === null
          ? null
          : setTimeout(() => expire(request.name), request.lifetimeMs).unref();
      const closesAtMs = request.lifetimeMs === null ? null : clock.now() + request.lifetimeMs;
      const named = { name: request.name, proxy, faults: request.faults, seed: request.seed, closesAtMs };
      const { users, life } = existing ?? { users: new Set(), life: { closed: false, overdue: false } };
      entries.set(request.name, { named, timer, users, life });
      return named;
    },
    list: () =>
      [...entries.values()].map(({ named }) => named).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    userOf: (name) => [...(entries.get(name)?.users ?? [])][0] ?? null,
    async close(name) {
      const entry = entries.get(name);
      if (entry !== undefined) demandUnused(entry.named, entry.users, 'it cannot be closed');
      return close(name);
    },
    async closeAll() {
      await Promise.all([...entries.keys()].map(close));
    },
    byUpstream: () =>
      new Map([...entries.values()].map(({ named }) => [originKey(named.proxy.spec.upstream), named.proxy])),
    lend(runId) {
      const lent = [...entries.values()];
      return {
        byUpstream: new Map(
          lent.map((entry) => [originKey(entry.named.proxy.spec.upstream), lendOne(entry, runId)]),
        ),
        release() {
          for (const { users, life, named } of lent) {
            users.delete(runId);
            if (life.overdue) expire(named.name);
          }
        },
      };
    },
  };
}

function lendOne({ named, users, life }: Entry, runId: string): OpenProxy {
  const { proxy, name } = named;
  return {
    ...proxy,
    async setProgram(program) {
      if (life.closed) {
        throw new AppError(
          'NOT_FOUND',
          `The proxy ${quote(name)} was closed (proxy_close) before its turn came.`,
          {
            hint: 'Open it again with proxy_open, and run the item again.',
          },
        );
      }
      // Two runs would each measure the faults of the other.
      if (!users.has(runId)) demandUnused(named, users, 'another run cannot set its faults');
      users.add(runId);
      await proxy.setProgram(program);
    },
    // A run listens at every proxy that was open when it began; one that it does not use may go.
    takeExchanges: async (options) =>
      life.closed ? { exchanges: [], dropped: 0 } : proxy.takeExchanges(options),
  };
}

function demandUnused({ name }: NamedProxy, users: ReadonlySet<string>, what: string): void {
  const [runId] = users;
  if (runId === undefined) return;
  throw new AppError('BAD_INPUT', `The proxy ${quote(name)} is in use by ${runId}: ${what} now.`, {
    hint: `Wait until the run has ended (run_report {"run_id": "${runId}"}), or end it with run_cancel {"run_id": "${runId}"}.`,
  });
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
  const { listenPort, upstream } = request.mapping;
  const known = proxy.spec.upstream;
  const isElsewhere = originKey(known) !== originKey(upstream) || known.protocol !== upstream.protocol;
  const isOnAnother = listenPort !== 0 && listenPort !== proxy.port;
  if (isElsewhere || isOnAnother) {
    const how = isElsewhere
      ? `to another upstream (${formatMapping({ listenPort: 0, upstream: known })})`
      : `on port ${proxy.port} and not on ${listenPort}`;
    throw new AppError('BAD_INPUT', `A proxy named "${request.name}" is open already, ${how}.`, {
      hint: 'Choose another name, or close it first with proxy_close.',
    });
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
