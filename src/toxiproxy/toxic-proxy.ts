import type { Clock } from '../clock.ts';
import type { OpenProxy, ProxyHost } from '../proxy/host.ts';
import { formatAuthority } from '../proxy/mapping.ts';
import type { Upstream } from '../types.ts';
import type { ProxyTraffic } from '../types-proxy.ts';
import type { FaultProgram } from '../types-run.ts';
import { formatListen } from './addresses.ts';
import { ApiError } from './api-error.ts';
import { planToxic, readToxicChange, type Toxic, type ToxicBody } from './toxic.ts';

/** A proxy as clients read it. */
export interface ProxyBody {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
  readonly toxics: readonly ToxicBody[];
}

export interface ToxicProxyDeps {
  readonly host: () => Promise<ProxyHost>;
  readonly clock: Clock;
  readonly seed: number;
}

/** Where a proxy listens (0: any free port) and where it passes to. */
export interface Route {
  readonly listenPort: number;
  readonly upstream: Upstream;
}

/** A proxy with its toxics; while it is not enabled its port is closed. */
export class ToxicProxy {
  readonly name: string;
  readonly #deps: ToxicProxyDeps;
  readonly #epochMs: number;
  #route: Route;
  #proxy: OpenProxy | null = null;
  #toxics: readonly Toxic[] = [];
  #added = 0;

  constructor(name: string, route: Route, deps: ToxicProxyDeps) {
    this.name = name;
    this.#route = route;
    this.#deps = deps;
    this.#epochMs = deps.clock.now();
  }

  get route(): Route {
    return this.#route;
  }

  get enabled(): boolean {
    return this.#proxy !== null;
  }

  /** What clients see; toxics of the upstream stream first, as Toxiproxy has them. */
  show(): ProxyBody {
    const bodies = this.#toxics.map(({ body }) => body);
    return {
      name: this.name,
      listen: formatListen(this.#route.listenPort),
      upstream: formatAuthority(this.#route.upstream),
      enabled: this.enabled,
      toxics: [
        ...bodies.filter(({ stream }) => stream === 'upstream'),
        ...bodies.filter(({ stream }) => stream === 'downstream'),
      ],
    };
  }

  /** Begins to listen. @throws AppError PORT_IN_USE */
  async enable(): Promise<void> {
    if (this.#proxy !== null) return;
    const host = await this.#deps.host();
    this.#proxy = await host.open({ name: this.name, ...this.#route }, this.#program(this.#toxics));
    this.#route = { ...this.#route, listenPort: this.#proxy.port };
  }

  /** Ends its connections and frees its port. */
  async disable(): Promise<ProxyTraffic | null> {
    const proxy = this.#proxy;
    this.#proxy = null;
    return proxy === null ? null : proxy.close();
  }

  /** Listens or passes elsewhere from now on; toxics stay. */
  async move(route: Route): Promise<void> {
    const wasEnabled = this.enabled;
    await this.disable();
    this.#route = route;
    if (wasEnabled) await this.enable();
  }

  /** @throws ApiError 404 */
  toxic(name: string): ToxicBody {
    return this.#find(name).body;
  }

  /** Adds a toxic; open connections feel it. @throws ApiError 409 when one of that name is there. */
  async addToxic(body: ToxicBody): Promise<ToxicBody> {
    if (this.#toxics.some((toxic) => toxic.body.name === body.name)) {
      throw new ApiError(409, 'toxic already exists');
    }
    const toxic = { body, index: this.#added, sinceMs: this.#deps.clock.now() };
    this.#added += 1;
    await this.#use([...this.#toxics, toxic]);
    return body;
  }

  /** Changes attributes and toxicity. @throws ApiError 404 or 400 */
  async changeToxic(name: string, raw: unknown): Promise<ToxicBody> {
    const known = this.#find(name);
    const body = readToxicChange(known.body, raw);
    const changed = { ...known, body, sinceMs: this.#deps.clock.now() };
    await this.#use(this.#toxics.map((toxic) => (toxic === known ? changed : toxic)));
    return body;
  }

  /** Takes a toxic away; what it held goes on at once. @throws ApiError 404 */
  async removeToxic(name: string): Promise<void> {
    const known = this.#find(name);
    await this.#use(this.#toxics.filter((toxic) => toxic !== known));
  }

  /** Takes all toxics away. */
  async clear(): Promise<void> {
    if (this.#toxics.length > 0) await this.#use([]);
  }

  async traffic(): Promise<ProxyTraffic | null> {
    return this.#proxy === null ? null : this.#proxy.traffic();
  }

  #find(name: string): Toxic {
    const known = this.#toxics.find(({ body }) => body.name === name);
    if (known === undefined) throw new ApiError(404, 'toxic not found');
    return known;
  }

  async #use(toxics: readonly Toxic[]): Promise<void> {
    await this.#proxy?.setProgram(this.#program(toxics));
    this.#toxics = toxics;
  }

  #program(toxics: readonly Toxic[]): FaultProgram {
    const faults = toxics.flatMap((toxic) => planToxic(toxic, this.#epochMs));
    return { seed: this.#deps.seed, itemKey: this.name, epochMs: this.#epochMs, faults };
  }
}
