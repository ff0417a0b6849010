import { ApiError } from './api-error.ts';
import { METRICS_TYPE, renderMetrics } from './metrics.ts';
import type { ProxyCollection } from './proxy-collection.ts';
import { readToxic } from './toxic.ts';

/** An answer: JSON, plain text, or nothing. */
export interface ApiAnswer {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
  /** Content type of `text`; absent: plain. */
  readonly textType?: string;
}

interface Route {
  readonly method: string;
  readonly path: RegExp;
  answer(deps: RouteDeps, names: readonly string[], body: unknown): Promise<ApiAnswer> | ApiAnswer;
}

export interface RouteDeps {
  readonly proxies: ProxyCollection;
  readonly version: string;
}

const COLLECTION = /^\/proxies\/?$/;
const PROXY = /^\/proxies\/([^/]+)\/?$/;
const TOXICS = /^\/proxies\/([^/]+)\/toxics\/?$/;
const TOXIC = /^\/proxies\/([^/]+)\/toxics\/([^/]+)\/?$/;

const changeProxy: Route['answer'] = async ({ proxies }, [name = ''], body) =>
  ok(await proxies.change(name, body));
const changeToxic: Route['answer'] = async ({ proxies }, [name = '', toxic = ''], body) =>
  ok(await proxies.get(name).changeToxic(toxic, body));

const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/version\/?$/,
    answer: ({ version }) => ({ status: 200, text: version }),
  },
  {
    method: 'GET',
    path: /^\/metrics\/?$/,
    answer: async ({ proxies }) => ({
      status: 200,
      text: renderMetrics(await proxies.traffic()),
      textType: METRICS_TYPE,
    }),
  },
  {
    method: 'POST',
    path: /^\/reset\/?$/,
    async answer({ proxies }) {
      await proxies.reset();
      return NOTHING;
    },
  },
  {
    method: 'POST',
    path: /^\/populate\/?$/,
    async answer({ proxies }, _names, body) {
      const { proxies: opened, error } = await proxies.populate(body);
      if (error === null) return { status: 201, json: { proxies: opened } };
      const { message, status } = error;
      return { status, json: { error: message, status, proxies: opened } };
    },
  },
  { method: 'GET', path: COLLECTION, answer: ({ proxies }) => ok(proxies.show()) },
  {
    method: 'POST',
    path: COLLECTION,
    answer: async ({ proxies }, _names, body) => ({ status: 201, json: await proxies.create(body) }),
  },
  { method: 'GET', path: PROXY, answer: ({ proxies }, [name = '']) => ok(proxies.get(name).show()) },
  { method: 'POST', path: PROXY, answer: changeProxy },
  { method: 'PATCH', path: PROXY, answer: changeProxy },
  {
    method: 'DELETE',
    path: PROXY,
    async answer({ proxies }, [name = '']) {
      await proxies.remove(name);
      return NOTHING;
    },
  },
  { method: 'GET', path: TOXICS, answer: ({ proxies }, [name = '']) => ok(proxies.get(name).show().toxics) },
  {
    method: 'POST',
    path: TOXICS,
    answer: async ({ proxies }, [name = ''], body) => ok(await proxies.get(name).addToxic(readToxic(body))),
  },
  {
    method: 'GET',
    path: TOXIC,
    answer: ({ proxies }, [name = '', toxic = '']) => ok(proxies.get(name).toxic(toxic)),
  },
  { method: 'POST', path: TOXIC, answer: changeToxic },
  { method: 'PATCH', path: TOXIC, answer: changeToxic },
  {
    method: 'DELETE',
    path: TOXIC,
    async answer({ proxies }, [name = '', toxic = '']) {
      await proxies.get(name).removeToxic(toxic);
      return NOTHING;
    },
  },
];

const NOTHING: ApiAnswer = { status: 204 };

/**
 * Answers one request to the API.
 *
 * @throws ApiError 404 for unknown paths, 405 for unknown methods, and what the request itself leads to.
 */
export async function answerRequest(
  deps: RouteDeps,
  method: string,
  path: string,
  body: unknown,
): Promise<ApiAnswer> {
  const there = ROUTES.filter((route) => route.path.test(path));
  if (there.length === 0) throw new ApiError(404, 'path not found');
  const route = there.find((candidate) => candidate.method === method);
  if (route === undefined) {
    throw new ApiError(405, `method not allowed, only ${there.map((each) => each.method).join(', ')}`);
  }
  const names = route.path.exec(path)?.slice(1).map(decode) ?? [];
  return route.answer(deps, names, body);
}

function ok(json: unknown): ApiAnswer {
  return { status: 200, json };
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new ApiError(400, 'the path is not percent-encoded as it should be');
  }
}
