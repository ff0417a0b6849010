import type { Notice } from '../types.ts';
import type { Route } from '../types-code.ts';
import type { RunResult } from '../types-run.ts';
import { isSameOperation } from './evidence/link-evidence.ts';
import { showEndpoint } from './show-endpoint.ts';

export interface JoinedRun {
  readonly run: RunResult;
  /** The code's name of an operation, or the name itself. */
  readonly rename: (endpoint: string) => string;
  readonly notices: readonly Notice[];
}

/**
 * Gives measured operations the names that the code has for them: a scenario written by hand calls
 * `GET /prices/1`, and the route is `GET /prices/{id}`. A route with the very path wins; of several templates the
 * one with the most literal segments; without one the name stays.
 */
export function joinRoutes(run: RunResult, routes: readonly Route[]): JoinedRun {
  const endpoints = routes.map(showEndpoint);
  const joined = new Map<string, string>();
  for (const { endpoint } of run.results) {
    if (joined.has(endpoint) || endpoints.some((other) => isSameOperation(other, endpoint))) continue;
    const template = bestTemplate(endpoint, endpoints);
    if (template !== null) joined.set(endpoint, template);
  }
  const rename = (endpoint: string) => joined.get(endpoint) ?? endpoint;
  const results = run.results.map((result) => ({ ...result, endpoint: rename(result.endpoint) }));
  const notices = [...joined].map(([endpoint, template]) => ({
    where: 'operations',
    message: `${endpoint} is taken for the route ${template}`,
  }));
  return { run: { ...run, results }, rename, notices };
}

/** The template that a concrete endpoint fits with the most literal segments; `null`: none. */
export function bestTemplate(endpoint: string, templates: readonly string[]): string | null {
  let best: { readonly template: string; readonly literals: number } | null = null;
  for (const template of templates) {
    const literals = matchTemplate(endpoint, template);
    if (literals !== null && literals > (best?.literals ?? -1)) best = { template, literals };
  }
  return best?.template ?? null;
}

/** Number of literal segments in which a concrete path fits a template; `null` when it does not fit. */
function matchTemplate(endpoint: string, template: string): number | null {
  const [method = '', path = ''] = endpoint.split(' ');
  const [otherMethod = '', pattern = ''] = template.split(' ');
  if (method !== otherMethod && otherMethod !== 'ANY') return null;
  const given = segmentsOf(path);
  const wanted = segmentsOf(pattern);
  if (given.length !== wanted.length) return null;
  let literals = 0;
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? '';
    if (segment === value) literals += 1;
    else if (!segment.includes('{') || value.includes('{')) return null;
  }
  return literals;
}

function segmentsOf(path: string): string[] {
  return (path.split('?')[0] ?? '').split('/').filter((segment) => segment !== '');
}
