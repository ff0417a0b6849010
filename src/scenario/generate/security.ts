import { type AuthScheme, DEFAULT_SCHEME, suggestEntry } from '../../auth.ts';
import type { Notice, StringMap } from '../../types.ts';
import type { Operation, SecurityNeed } from '../../types-openapi.ts';
import { endpointOf } from './select.ts';

/** Endpoints that a notice names before it only counts them. */
const NAMED = 3;

/** What there is to prove who is calling. */
export interface GivenSecurity {
  /** From breakwater.yaml. */
  readonly schemes: readonly AuthScheme[];
  readonly headers: StringMap;
}

/** Names of the schemes whose credentials a call of the operation is sent with; those that headers fill are left out. */
export function listAuth(operation: Operation, given: GivenSecurity): readonly string[] {
  return chooseSet(operation, given)
    .filter((need) => !isFilledByHeader(need, given.headers))
    .filter(({ kind }) => kind !== 'other')
    .map(({ name }) => name);
}

/** One notice for each scheme that the operations ask for and nothing is given for, with what would configure it. */
export function noteSecurity(operations: readonly Operation[], given: GivenSecurity): readonly Notice[] {
  const open = new Map<string, { readonly need: SecurityNeed; readonly endpoints: string[] }>();
  for (const operation of operations) {
    for (const need of chooseSet(operation, given)) {
      if (isMet(need, given)) continue;
      const entry = open.get(need.name) ?? { need, endpoints: [] };
      entry.endpoints.push(endpointOf(operation));
      open.set(need.name, entry);
    }
  }
  return [...open.values()].map(({ need, endpoints }) => ({
    where: 'security',
    message: describeOpen(need, endpoints),
  }));
}

/** The first set that is met, else the first one. */
function chooseSet({ security }: Operation, given: GivenSecurity): readonly SecurityNeed[] {
  return security.find((set) => set.every((need) => isMet(need, given))) ?? security[0] ?? [];
}

function isMet(need: SecurityNeed, { schemes, headers }: GivenSecurity): boolean {
  if (isFilledByHeader(need, headers)) return true;
  return schemes.some(
    ({ name, kind }) => name === need.name || (name === DEFAULT_SCHEME && kind === need.kind),
  );
}

/** A key in the query is no header, whatever headers are given. */
function isFilledByHeader({ kind, place, parameter }: SecurityNeed, headers: StringMap): boolean {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  if (kind !== 'api_key') return names.includes('authorization');
  if (place === 'header') return names.includes((parameter ?? '').toLowerCase());
  return place === 'cookie' && names.includes('cookie');
}

function describeOpen({ name, kind, place, parameter }: SecurityNeed, endpoints: readonly string[]): string {
  const where = place === null ? kind : `${place} ${parameter}`;
  const more = endpoints.length > NAMED ? ` and ${endpoints.length - NAMED} more` : '';
  const asked = `${endpoints.slice(0, NAMED).join(', ')}${more} ask${endpoints.length === 1 ? 's' : ''} for ${name} (${where}), which is not given: expect 401 or 403.`;
  if (kind === 'other') return `${asked} This kind is not filled in; give scenario_run the headers.`;
  return `${asked} Add to breakwater.yaml: ${suggestEntry({ name, kind, place, parameter })}, and set that variable where Breakwater is started${place === 'query' ? '' : '; or give headers'}.`;
}
