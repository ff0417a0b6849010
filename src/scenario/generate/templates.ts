import { AppError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import type { Item, Notice, Scenario } from '../../types.ts';
import { quote } from '../../units.ts';
import type { YamlDocument } from '../../yaml.ts';
import { isRecord, refuse } from '../file/node.ts';
import { parseDocuments, readScenarioValue } from '../file/read.ts';
import { DEFAULT_TIMEOUT_MS } from '../file/read-call.ts';
import { type Ingredients, listStatuses, preflightOf, type Recipe, reachOf } from './recipe.ts';
import { endpointOf } from './select.ts';
import { SHAPES } from './shapes/index.ts';

/** A file of templates, and where it came from. */
export interface TemplateText {
  readonly text: string;
  /** Path below the workspace; the file's name without its ending is the template's id. */
  readonly source: string;
}

/** Placeholders that are filled when scenarios are made; those of requests are filled when one is sent. */
const PLACEHOLDERS = ['method', 'path', 'endpoint', 'operation_id', 'origin', 'dependency'] as const;
const OF_REQUESTS = ['uuid', 'seq'];
const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;
/** Stands where a call has no URL of its own until the operation's is put there. */
const OPEN_URL = 'http://operation.invalid/';

type Values = Readonly<Record<(typeof PLACEHOLDERS)[number], string>>;

/**
 * Reads the user's own templates: scenario files in which an item needs no `call.url`, since it gets the call of
 * the operation. The rest of the format holds, and is checked when a template is filled in.
 *
 * @throws AppError SCENARIO_INVALID when a file is no YAML, holds nothing, or has the name of another recipe.
 */
export function readTemplates(files: readonly TemplateText[]): readonly Recipe[] {
  const ids = new Set(SHAPES.map(({ id }) => id));
  return files.map(({ text, source }) => {
    const id = (source.split('/').at(-1) ?? source).replace(/\.ya?ml$/i, '');
    if (ids.has(id)) {
      throw new AppError(
        'SCENARIO_INVALID',
        `${source}: there is a shape or template ${quote(id)} already.`,
        {
          hint: 'Rename the file: its name is the template’s.',
        },
      );
    }
    ids.add(id);
    return toRecipe(id, source, parseDocuments(text, source));
  });
}

function toRecipe(id: string, source: string, documents: readonly YamlDocument[]): Recipe {
  const modes = documents.flatMap(({ value }) => listModes(value));
  return {
    id,
    scope: documents.some(({ value }) => mentions(value, 'dependency')) ? 'dependency' : 'edge',
    byNameOnly: false,
    repeats: modes.some((mode) => mode !== 'single'),
    make(ingredients) {
      const filled = documents.map((document) => fill({ document, source }, ingredients));
      return {
        scenarios: filled.map(({ scenario }) => scenario),
        notices: filled.flatMap(({ notices }) => notices),
      };
    },
  };
}

interface Place {
  readonly document: YamlDocument;
  readonly source: string;
}

function fill(
  place: Place,
  ingredients: Ingredients,
): { readonly scenario: Scenario; readonly notices: readonly Notice[] } {
  const { operation, request, dependency, seed } = ingredients;
  const edge = reachOf({ ...ingredients, dependency: null });
  const values: Values = {
    method: operation.method,
    path: operation.path,
    endpoint: endpointOf(operation),
    operation_id: operation.operationId ?? endpointOf(operation),
    origin: edge.upstream,
    dependency: dependency?.name ?? '',
  };
  const written = substitute(place.document.value, [], values, place);
  const prepared = prepareItems(written, listStatuses(operation), place);
  const { scenario, notices } = readScenarioValue(prepared, place);
  const { config } = scenario;
  return {
    notices,
    scenario: {
      ...scenario,
      config: {
        headers: { ...ingredients.headers, ...config.headers },
        segments: { ...request.segments, ...config.segments },
        seed: config.seed ?? seed,
        ...(config.spec !== undefined && { spec: config.spec }),
        setup: [...request.setup, ...config.setup],
        teardown: [...config.teardown, ...request.teardown],
      },
      items: scenario.items.map((item) => completeItem(item, ingredients)),
    },
  };
}

/** Fills the placeholders in every text of a value. */
function substitute(
  value: unknown,
  path: readonly (string | number)[],
  values: Values,
  place: Place,
): unknown {
  if (typeof value === 'string') {
    return value.replace(PLACEHOLDER, (whole, name: string) => {
      if (OF_REQUESTS.includes(name)) return whole;
      const known = PLACEHOLDERS.find((candidate) => candidate === name);
      if (known !== undefined) return values[known];
      const node = { value, path, file: { ...place, notices: [] } };
      const near = nearest(name, [...PLACEHOLDERS, ...OF_REQUESTS]);
      throw refuse(node, `unknown placeholder {{${name}}}; the nearest known one is {{${near}}}.`);
    });
  }
  if (Array.isArray(value)) {
    return value.map((child, index) => substitute(child, [...path, index], values, place));
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, substitute(child, [...path, key], values, place)]),
  );
}

/** Puts what only a template may leave open where the format wants something. */
function prepareItems(value: unknown, statuses: readonly number[], place: Place): unknown {
  if (!isRecord(value) || !Array.isArray(value.items)) return value;
  const items = value.items.map((item: unknown, index) => {
    if (!isRecord(item)) return item;
    const call = item.call ?? {};
    if (isRecord(call) && call.url === undefined && call.method !== undefined) {
      const node = { value: call, path: ['items', index, 'call'], file: { ...place, notices: [] } };
      throw refuse(node, 'a call with a "method" needs a "url"; without both it is the operation’s call.');
    }
    return {
      ...item,
      call: isRecord(call) && call.url === undefined ? { ...call, url: OPEN_URL } : call,
      ...(isRecord(item.expect) && { expect: openStatus(item.expect, statuses) }),
    };
  });
  return { ...value, items };
}

/** `status: documented` stands for every success that the document names. */
function openStatus(expect: Record<string, unknown>, statuses: readonly number[]): Record<string, unknown> {
  const { status, ...rest } = expect;
  return status === 'documented' ? { ...rest, statuses } : expect;
}

function completeItem(item: Item, ingredients: Ingredients): Item {
  const { request, operation } = ingredients;
  const { upstream, mappings } = reachOf(ingredients);
  const { call, context } = item;
  const own = call.url !== OPEN_URL;
  return {
    ...item,
    call: own
      ? call
      : {
          ...request.call,
          headers: { ...request.call.headers, ...call.headers },
          body: call.body ?? request.call.body,
          timeoutMs: call.timeoutMs === DEFAULT_TIMEOUT_MS ? request.call.timeoutMs : call.timeoutMs,
          ...(call.auth !== undefined && { auth: call.auth }),
        },
    context: {
      ...context,
      upstreams: context.upstreams.length > 0 ? context.upstreams : [upstream],
      proxy: {
        ...context.proxy,
        mappings: context.proxy.mappings.length > 0 ? context.proxy.mappings : mappings,
      },
      preflight: context.preflight ?? (own ? null : preflightOf(operation)),
    },
  };
}

function listModes(value: unknown): readonly unknown[] {
  const items = isRecord(value) && Array.isArray(value.items) ? value.items : [];
  return items.map((item: unknown) => {
    const context = isRecord(item) ? item.context : undefined;
    const strategy = isRecord(context) ? context.strategy : undefined;
    return isRecord(strategy) ? strategy.mode : 'single';
  });
}

function mentions(value: unknown, name: string): boolean {
  if (typeof value === 'string') return [...value.matchAll(PLACEHOLDER)].some((match) => match[1] === name);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((child) => mentions(child, name));
}
