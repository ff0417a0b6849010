import { AppError } from '../../errors.ts';
import { originKey } from '../../proxy/mapping.ts';
import type { Call, Item, Scenario, StringMap } from '../../types.ts';
import type { PlannedItem } from '../../types-run.ts';
import { quote } from '../../units.ts';

/** Which items to run, and how their calls are changed. */
export interface PlanRequest {
  readonly scenarios: readonly Scenario[];
  /** Replaces the origin of items in their calls, in setup and teardown, and in upstreams. */
  readonly baseUrl: string | null;
  readonly headers: StringMap;
  /** operationId or `GET /path`; empty: all. */
  readonly operations: readonly string[];
  /** Part of a scenario's title; empty: all. */
  readonly titles: readonly string[];
}

/** An item that is going to run, with what it takes from its scenario. */
export interface ItemPlan {
  readonly planned: PlannedItem;
  /** Names the item in what is drawn for it: the same in every run of it, whatever else runs. */
  readonly key: string;
  /** Place among all items of the request, from 0. */
  readonly index: number;
  readonly scenario: Scenario;
  /** The item's call with the headers of the document and of the request; those may be secret and are not stored. */
  readonly call: Call;
}

/**
 * Lists the items that the filters leave. Ids count over all items.
 *
 * @throws AppError NOT_FOUND when the filters leave none.
 */
export function planItems(request: PlanRequest): readonly ItemPlan[] {
  const all = request.scenarios.flatMap((scenario) =>
    scenario.items.map((item) => ({ scenario, item: readdress(item, request) })),
  );
  const keys = listKeys(all);
  const plans = all
    .map(({ scenario, item }, index) => ({
      index,
      scenario,
      key: keys[index] ?? '',
      call: {
        ...item.call,
        headers: mergeHeaders(scenario.config.headers, item.call.headers, request.headers),
      },
      planned: {
        id: `item-${index + 1}`,
        scenarioTitle: scenario.title,
        endpoint: endpointOf(item.call),
        item,
      },
    }))
    .filter(({ planned }) => isWanted(planned, request));
  if (plans.length > 0) return plans;
  const endpoints = [...new Set(all.map(({ item }) => endpointOf(item.call)))];
  throw new AppError('NOT_FOUND', `No item is left by the filters: ${describeFilters(request)}.`, {
    hint:
      endpoints.length === 0
        ? 'The file holds no items; generate some with scenario_generate.'
        : `Use one of: ${endpoints.slice(0, 12).join(', ')}.`,
  });
}

/** The scenarios as they are going to run: only the items that are left, at the origin that they are sent to. */
export function listPlannedScenarios(
  plans: readonly ItemPlan[],
  { baseUrl }: PlanRequest,
): readonly Scenario[] {
  return [...new Set(plans.map(({ scenario }) => scenario))].map((scenario) => ({
    ...scenario,
    config: {
      ...scenario.config,
      setup: scenario.config.setup.map((call) => moveWithItems(call, scenario, baseUrl)),
      teardown: scenario.config.teardown.map((call) => moveWithItems(call, scenario, baseUrl)),
    },
    items: plans.filter((plan) => plan.scenario === scenario).map(({ planned }) => planned.item),
  }));
}

/** A setup or teardown call as it goes out: origin replaced, headers of document, call and request put together. */
export function completeCall<C extends Call>(call: C, scenario: Scenario, request: PlanRequest): C {
  const headers = mergeHeaders(scenario.config.headers, call.headers, request.headers);
  return { ...moveWithItems(call, scenario, request.baseUrl), headers };
}

/** What setup calls elsewhere, such as a login at another service, is not what moves. */
function moveWithItems<C extends Call>(call: C, { items }: Scenario, baseUrl: string | null): C {
  const own = keyOfOrigin(call.url);
  const isOfItems = own === null || items.some((item) => keyOfOrigin(item.call.url) === own);
  return isOfItems ? { ...call, url: moveOrigin(call.url, baseUrl) } : call;
}

function keyOfOrigin(url: string): string | null {
  const origin = ORIGIN.exec(url)?.[0];
  if (origin === undefined) return null;
  return URL.canParse(origin) ? originKey(origin) : origin;
}

/** `GET /users/{user_id}`: method and path as written, without the query. */
export function endpointOf({ method, url }: Pick<Call, 'method' | 'url'>): string {
  const path = url.replace(ORIGIN, '').replace(/[?#].*$/s, '');
  return `${method} ${path.startsWith('/') ? path : `/${path}`}`;
}

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

function moveOrigin(url: string, baseUrl: string | null): string {
  return baseUrl === null ? url : url.replace(ORIGIN, baseUrl.replace(/\/+$/, ''));
}

function readdress(item: Item, request: PlanRequest): Item {
  const call = { ...item.call, url: moveOrigin(item.call.url, request.baseUrl) };
  const { upstreams } = item.context;
  const before = ORIGIN.exec(item.call.url)?.[0] ?? null;
  const after = ORIGIN.exec(call.url)?.[0] ?? null;
  if (before === null || after === null || before === after) return { ...item, call };
  const moved = upstreams.map((upstream) =>
    upstream !== '*' && originKey(upstream) === originKey(before) ? after : upstream,
  );
  return { ...item, call, context: { ...item.context, upstreams: moved } };
}

/** Later ones win; names are compared without case. */
function mergeHeaders(...maps: readonly StringMap[]): StringMap {
  const merged = new Map<string, string>();
  for (const map of maps)
    for (const [name, value] of Object.entries(map)) merged.set(name.toLowerCase(), value);
  return Object.fromEntries(merged);
}

/** Endpoint, title, and place among the items that are alike in both. */
function listKeys(all: readonly { readonly scenario: Scenario; readonly item: Item }[]): readonly string[] {
  const places = new Map<string, number>();
  return all.map(({ scenario, item }) => {
    const name = `${endpointOf(item.call)} ${scenario.title}`;
    const place = places.get(name) ?? 0;
    places.set(name, place + 1);
    return `${name} ${place}`;
  });
}

function isWanted({ item, endpoint, scenarioTitle }: PlannedItem, request: PlanRequest): boolean {
  const title = scenarioTitle.toLowerCase();
  const byTitle =
    request.titles.length === 0 || request.titles.some((part) => title.includes(part.toLowerCase()));
  const byOperation =
    request.operations.length === 0 ||
    request.operations.some(
      (wanted) => wanted === item.call.operationId || wanted.toLowerCase() === endpoint.toLowerCase(),
    );
  return byTitle && byOperation;
}

function describeFilters({ operations, titles }: PlanRequest): string {
  const parts = [
    operations.length > 0 ? `operations ${operations.map((text) => quote(text)).join(', ')}` : '',
    titles.length > 0 ? `titles ${titles.map((text) => quote(text)).join(', ')}` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'there were no items to begin with' : parts.join(' and ');
}
