import { z } from 'zod';
import { originKey } from '../proxy/mapping.ts';
import { parseListen, parseUpstream, upstreamUrl } from './addresses.ts';
import { ApiError, toApiError } from './api-error.ts';
import type { MeasuredProxy } from './metrics.ts';
import { absentOr, readBody } from './read-body.ts';
import { readToxic, type ToxicBody } from './toxic.ts';
import { type ProxyBody, type Route, ToxicProxy, type ToxicProxyDeps } from './toxic-proxy.ts';

export interface CollectionDeps extends ToxicProxyDeps {
  /** Throws when requests may not be passed to the URL. */
  readonly checkTarget: (url: string) => Promise<void>;
}

/** What a client asked to be opened, read and checked. */
interface ProxyWish {
  readonly name: string;
  readonly route: Route;
  readonly enabled: boolean;
  readonly toxics: readonly ToxicBody[];
}

export interface Populated {
  readonly proxies: readonly ProxyBody[];
  /** What ended it early; `proxies` are those until then. */
  readonly error: ApiError | null;
}

const change = z.looseObject({
  listen: absentOr(z.string()),
  upstream: absentOr(z.string()),
  enabled: absentOr(z.boolean()),
});
const creation = change.extend({
  name: absentOr(z.string()),
  toxics: absentOr(z.array(z.unknown())),
});

/** The proxies that clients have created, by name. */
export class ProxyCollection {
  readonly #deps: CollectionDeps;
  readonly #proxies = new Map<string, ToxicProxy>();

  constructor(deps: CollectionDeps) {
    this.#deps = deps;
  }

  /** All proxies, by name and in its order. */
  show(): Readonly<Record<string, ProxyBody>> {
    const names = [...this.#proxies.keys()].toSorted();
    return Object.fromEntries(names.map((name) => [name, this.get(name).show()]));
  }

  /** @throws ApiError 404 */
  get(name: string): ToxicProxy {
    const proxy = this.#proxies.get(name);
    if (proxy === undefined) throw new ApiError(404, 'proxy not found');
    return proxy;
  }

  /** Opens a proxy. @throws ApiError 400, 409; AppError TARGET_NOT_ALLOWED, PORT_IN_USE */
  async create(raw: unknown): Promise<ProxyBody> {
    const wish = await this.#read(raw, '');
    if (this.#proxies.has(wish.name)) throw new ApiError(409, 'proxy already exists');
    return this.#open(wish);
  }

  /**
   * Opens several proxies; all are checked before the first is opened. One that is there in the same way stays as it
   * is, toxics included, another of that name is replaced.
   */
  async populate(raw: unknown): Promise<Populated> {
    const wishes: ProxyWish[] = [];
    for (const [index, each] of readBody(z.array(z.unknown()), raw).entries()) {
      wishes.push(await this.#read(each, ` at proxy ${index + 1}`));
    }
    const proxies: ProxyBody[] = [];
    try {
      for (const wish of wishes) proxies.push(await this.#openOrKeep(wish));
      return { proxies, error: null };
    } catch (error) {
      return { proxies, error: toApiError(error) };
    }
  }

  /** Changes address, upstream or whether it is enabled. @throws as `create` */
  async change(name: string, raw: unknown): Promise<ProxyBody> {
    const proxy = this.get(name);
    const wish = readBody(change, raw);
    const route = {
      listenPort: wish.listen === undefined ? proxy.route.listenPort : parseListen(wish.listen),
      upstream: wish.upstream === undefined ? proxy.route.upstream : parseUpstream(wish.upstream),
    };
    await this.#deps.checkTarget(upstreamUrl(route.upstream));
    if (wish.enabled === false) await proxy.disable();
    if (!isSame(route, proxy.route)) await proxy.move(route);
    if (wish.enabled === true) await proxy.enable();
    return proxy.show();
  }

  /** Closes a proxy and forgets it. @throws ApiError 404 */
  async remove(name: string): Promise<void> {
    const proxy = this.get(name);
    this.#proxies.delete(name);
    await proxy.disable();
  }

  /** Enables all proxies and takes all toxics away. */
  async reset(): Promise<void> {
    for (const proxy of this.#proxies.values()) {
      await proxy.clear();
      await proxy.enable();
    }
  }

  /** What has passed each of the enabled ones. */
  async traffic(): Promise<readonly MeasuredProxy[]> {
    return Promise.all(
      [...this.#proxies.values()].map(async (proxy) => ({
        proxy: proxy.show(),
        traffic: await proxy.traffic(),
      })),
    );
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#proxies.keys()].map((name) => this.remove(name)));
  }

  async #read(raw: unknown, where: string): Promise<ProxyWish> {
    const { name = '', listen = '', upstream = '', enabled, toxics } = readBody(creation, raw);
    if (name === '') throw new ApiError(400, `missing required field: name${where}`);
    if (upstream === '') throw new ApiError(400, `missing required field: upstream${where}`);
    const route = { listenPort: parseListen(listen), upstream: parseUpstream(upstream) };
    await this.#deps.checkTarget(upstreamUrl(route.upstream));
    return { name, route, enabled: enabled ?? true, toxics: (toxics ?? []).map(readToxic) };
  }

  async #openOrKeep(wish: ProxyWish): Promise<ProxyBody> {
    const known = this.#proxies.get(wish.name);
    if (known === undefined) return this.#open(wish);
    if (isSame(wish.route, known.route)) return known.show();
    await this.remove(wish.name);
    return this.#open(wish);
  }

  async #open({ name, route, enabled, toxics }: ProxyWish): Promise<ProxyBody> {
    const proxy = new ToxicProxy(name, route, this.#deps);
    for (const toxic of toxics) await proxy.addToxic(toxic);
    if (enabled) await proxy.enable();
    this.#proxies.set(name, proxy);
    return proxy.show();
  }
}

/** Whether `wanted` is what is there; any free port is met by the port that was found. */
function isSame(wanted: Route, known: Route): boolean {
  const samePort = wanted.listenPort === 0 || wanted.listenPort === known.listenPort;
  return samePort && originKey(wanted.upstream) === originKey(known.upstream);
}
