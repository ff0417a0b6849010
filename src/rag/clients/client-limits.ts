import { chainOf, lastName, textOf } from '../expressions.ts';
import type { CallExpression, Expression, FileFacts } from '../facts.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';

const LIMIT_NAME =
  /time_?out|deadline|^signal$|_timeout$|pool_size|max_overflow|pool_timeout|pool_recycle|max_?conn|^max$|statement_timeout|connectTimeout|command_timeout|^retry$|^retries$|maxRetries/i;
/** Calls of a chain that set a limit, such as `Http::timeout(3)`. */
const LIMIT_CALL = /^((with|connect|read|write|open)?_?time_?out|retry)$/i;
/** `db.SetMaxOpenConns(20)`, `config.setMaximumPoolSize(20)`. */
const SETTER_CALL =
  /^set_?\w*(time_?out|pool_?size|open_?conns|idle_?conns|conn_?max_?\w+|lifetime|max_?(total|idle)|retry_?count|minimum_?idle)$/i;
const FIELD_SET = /^(\w+)\.(\w*Timeout|MaxConnectionsPerServer|MaxPoolSize)\s*=\s*(.+)$/;
const SETTER = /(time_?out|deadline|max_retries|pool_size)=?$/i;

/** Limits that a client is given where it is made, in its chain, in its block or right after, as written; `null`: none. */
export function limitsOf(call: CallExpression, place: Place, resolver: Resolver): string | null {
  const found: string[] = [];
  for (const { name, value } of call.args) {
    if (name !== null && LIMIT_NAME.test(name)) found.push(`${name}=${textOf(value)}`);
    collectLimits(value, found);
  }
  const facts = resolver.program.facts(place.file);
  if (/^(ruby|php|csharp)$/.test(facts.language)) collectFromChain(call, found);
  if (/^(ruby|php|go|java|csharp)$/.test(facts.language)) collectSet(call, place, facts, found);
  return found.length === 0 ? null : [...new Set(found)].join(', ');
}

/** Limits among the entries of a configuration. */
export function collectLimits(value: Expression, found: string[]): void {
  if (value.kind !== 'map') return;
  for (const entry of value.entries) {
    if (LIMIT_NAME.test(entry.key)) found.push(`${entry.key}: ${textOf(entry.value)}`);
    else collectLimits(entry.value, found);
  }
}

function collectFromChain(call: CallExpression, found: string[]): void {
  for (let at: Expression = call.callee; at.kind === 'member'; ) {
    const before: Expression = at.of;
    if (before.kind !== 'call') return;
    const name = lastName(before.callee) ?? '';
    if (LIMIT_CALL.test(name))
      found.unshift(`${name}(${before.args.map(({ value }) => textOf(value)).join(', ')})`);
    at = before.callee;
  }
}

/** What tells which settings belong to a client. */
interface Held {
  /** Blocks that the client is handed to. */
  readonly blocks: readonly number[];
  /** Variable that holds it. */
  readonly name: string | null;
  /** Variables that it is made with, such as its configuration. */
  readonly given: readonly string[];
  readonly place: Place;
  /** Body of the class around it: a class that is a client itself states `default_timeout 5` there. */
  readonly owner: number | null;
}

/** `f.options.timeout = 5` in the client's block, `http.read_timeout = 5` and `curl_setopt(…)` after it. */
function collectSet(call: CallExpression, place: Place, facts: FileFacts, found: string[]): void {
  const held: Held = {
    blocks: call.args.flatMap(({ value }) => (value.kind === 'function' ? value.scope : [])),
    // Names that are bound together to one call, such as Go's `db, err`, each hold a copy of it.
    name: facts.bindings.find(({ value }) => value?.kind === 'call' && value.at === call.at)?.name ?? null,
    given: call.args.flatMap(({ value }) => (value.kind === 'name' ? value.name : [])),
    place,
    owner: classScopeOf(place, facts),
  };
  for (const { scope, call: set } of facts.calls) {
    const limit = curlOption(set, scope, held) ?? setting(set, scope, held);
    if (limit !== null) found.push(limit);
  }
  if (facts.language !== 'csharp') return;
  for (const { scope, value } of facts.statements) {
    const [, root, name, given] = FIELD_SET.exec(value.kind === 'other' ? value.text : '') ?? [];
    if (root === held.name || held.blocks.includes(scope))
      found.push(...(name ? [`${name} = ${given}`] : []));
  }
}

function curlOption({ callee, args }: CallExpression, scope: number, held: Held): string | null {
  const [handle, option, value] = args;
  if (lastName(callee) !== 'curl_setopt' || scope !== held.place.scope || held.name === null) return null;
  if (handle === undefined || option === undefined || value === undefined) return null;
  const name = textOf(option.value).replace(/^.*\\/, '');
  return chainOf(handle.value) === held.name && LIMIT_NAME.test(name)
    ? `${name}=${textOf(value.value)}`
    : null;
}

function setting({ callee, args }: CallExpression, scope: number, held: Held): string | null {
  const name = lastName(callee) ?? '';
  const value = args.at(-1)?.value;
  if (value === undefined) return null;
  if (SETTER_CALL.test(name) && callee.kind === 'member' && scope === held.place.scope) {
    const root = rootOf(callee) ?? '';
    return root === held.name || held.given.includes(root) ? `${name}(${textOf(value)})` : null;
  }
  if (!SETTER.test(name)) return null;
  const isAssigned = name.endsWith('=') && callee.kind === 'member';
  const isOwn = held.blocks.includes(scope) || (held.name !== null && rootOf(callee) === held.name);
  const isDefault =
    scope === held.owner && /^(default_|open_|read_|write_)/.test(name) && callee.kind === 'name';
  return (isAssigned && isOwn) || isDefault ? `${name.replace(/=$/, '')}=${textOf(value)}` : null;
}

function classScopeOf(place: Place, { scopes }: FileFacts): number | null {
  for (let at = place.scope; at > 0; at = scopes[at]?.parent ?? -1)
    if (scopes[at]?.kind === 'class') return at;
  return null;
}

/** The name that a chain of members and calls begins with. */
function rootOf(expression: Expression): string | null {
  if (expression.kind === 'name') return expression.name;
  if (expression.kind === 'member') return rootOf(expression.of);
  return expression.kind === 'call' ? rootOf(expression.callee) : null;
}
