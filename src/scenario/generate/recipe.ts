import { formatMapping } from '../../proxy/mapping.ts';
import type { Notice, ProxyMapping, Scenario, ScenarioConfig, StringMap } from '../../types.ts';
import type { Operation } from '../../types-openapi.ts';
import type { LinkedRequest } from './links.ts';

/** What makes a scenario of an operation: a shape of ours, or a template of the user's. */
export interface Recipe {
  readonly id: string;
  /** `edge`: between the caller and the service; `dependency`: between the service and each of its dependencies. */
  readonly scope: 'edge' | 'dependency';
  /** It is made only where its id is asked for. */
  readonly byNameOnly: boolean;
  /** It sends the call more than once. */
  readonly repeats: boolean;
  make(ingredients: Ingredients): Made;
}

/** What a scenario is made of. */
export interface Ingredients {
  readonly operation: Operation;
  readonly request: LinkedRequest;
  /** `null` at the edge. */
  readonly dependency: Dependency | null;
  /** Headers of every call, secrets masked. */
  readonly headers: StringMap;
  readonly seed: number | null;
}

export interface Dependency {
  readonly name: string;
  /** A listening port of 0: none is stated. */
  readonly mapping: ProxyMapping;
}

export interface Made {
  readonly scenarios: readonly Scenario[];
  readonly notices: readonly Notice[];
}

/** What the scenario sends beside its items. */
export function configOf({ request, headers, seed }: Ingredients): ScenarioConfig {
  return { headers, segments: request.segments, seed, setup: request.setup, teardown: request.teardown };
}

/** The upstream that faults apply to, and the mapping that reaches it where a port is stated. */
export function reachOf({ request, dependency }: Ingredients): {
  readonly upstream: string;
  readonly mappings: readonly ProxyMapping[];
} {
  if (dependency === null) return { upstream: originOf(request.call.url), mappings: [] };
  const { mapping } = dependency;
  return {
    upstream: formatMapping({ ...mapping, listenPort: 0 }),
    mappings: mapping.listenPort === 0 ? [] : [mapping],
  };
}

/** What a service answers when all is well, where the document says no more than that it is a success. */
const ANY_SUCCESS: readonly number[] = [200, 201, 202, 204];

/**
 * Every documented success. A redirect is one where no 2xx is documented, since none is followed. Where no success is
 * documented at all, each usual one is accepted: nothing that the document leaves open is held against the service.
 */
export function listStatuses({ responses }: Operation): readonly number[] {
  const written = responses.map(({ status }) => Number(status));
  const successes = written.filter((status) => status >= 200 && status < 300);
  const whole = responses.some(({ status }) => status === '2XX') ? ANY_SUCCESS : [];
  const found = [...new Set([...successes, ...whole])];
  const redirects = written.filter((status) => status >= 300 && status < 400);
  const documented = found.length > 0 ? found : redirects;
  return documented.length > 0 ? documented.toSorted((left, right) => left - right) : ANY_SUCCESS;
}

/** RFC 9110 §9.2.2: PUT is idempotent, so that a call beforehand leaves nothing in the way of the next. */
export function preflightOf({ method }: Operation): true | null {
  return method === 'PUT' ? true : null;
}

/** `http://host:port` of a URL that may hold placeholders. */
function originOf(url: string): string {
  return /^https?:\/\/[^/?#]+/i.exec(url)?.[0] ?? url;
}
