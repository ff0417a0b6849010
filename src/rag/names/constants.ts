import { keyword, lastName, positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { familyOf } from '../languages.ts';
import { listArguments } from './arguments.ts';
import { keyOf, type Param, type Place } from './entity.ts';
import type { Resolver } from './resolver.ts';

const MAX_DEPTH = 16;

/** Calls whose last text is the default of a setting. */
const SETTING_READERS = /^(getenv|get|env|Field|config|Config|fetch|Getenv|getOrDefault|getProperty)$/;

/**
 * The text that an expression stands for where it is a literal, a constant or the default of a setting; parts that
 * are not known are left out. `null`: nothing is known.
 */
export function constantOf(
  expression: Expression | null,
  place: Place,
  resolver: Resolver,
  depth = 0,
): string | null {
  // `PREFIX = PREFIX + "/v1"` has no end.
  if (expression === null || depth > MAX_DEPTH) return null;
  switch (expression.kind) {
    case 'string':
      return expression.value;
    case 'join': {
      const parts = expression.parts.map((part) => constantOf(part, place, resolver, depth + 1));
      return parts.every((part) => part === null) ? null : parts.map((part) => part ?? '').join('');
    }
    case 'either':
      return firstOf(expression.items, place, resolver, depth + 1);
    case 'call':
      return ofCall(expression, place, resolver, depth + 1);
    case 'name':
    case 'member':
      return ofName(expression, place, resolver, depth + 1);
    default:
      return null;
  }
}

function ofName(expression: Expression, place: Place, resolver: Resolver, depth: number): string | null {
  for (const entity of resolver.evaluate(expression, place)) {
    if (entity.kind === 'value' && entity.value !== expression) {
      const found = constantOf(entity.value, entity, resolver, depth);
      if (found !== null) return found;
    }
    if (entity.kind === 'param') {
      const found = ofParam(entity, resolver);
      if (found !== null) return found;
    }
  }
  return null;
}

/** Callers give on what they were given themselves: asked of each anew, the calls between them would multiply. */
const knownParams = new WeakMap<Resolver, Map<string, string | null>>();

/** What callers give for a parameter, where all give the same, else its default. */
function ofParam(param: Param, resolver: Resolver): string | null {
  const known = knownParams.get(resolver) ?? new Map<string, string | null>();
  knownParams.set(resolver, known);
  const key = keyOf(param);
  const before = known.get(key);
  if (before !== undefined) return before;
  known.set(key, null);
  const { language, scopes } = resolver.program.facts(param.file);
  const value = scopes[param.scope]?.params[param.index]?.value ?? null;
  const texts = new Set<string | null>();
  for (const given of listArguments(param, familyOf(language), resolver)) {
    texts.add(constantOf(given.expression, given.place, resolver));
    if (texts.size > 1) break;
  }
  const [only = null] = texts.size === 1 ? texts : [];
  const found = only ?? constantOf(value, param, resolver);
  known.set(key, found);
  return found;
}

function ofCall(call: CallExpression, place: Place, resolver: Resolver, depth: number): string | null {
  const given = keyword(call, 'default');
  if (given !== null) return constantOf(given, place, resolver, depth);
  const name = lastName(call.callee) ?? '';
  const values = call.args.map((argument) => argument.value);
  if (SETTING_READERS.test(name)) {
    // `Field("/v1", env="PREFIX")`: the default comes first, its description after.
    const last = name === 'Field' ? positional(call)[0] : values.at(-1);
    const isDefault = values.length > 1 || name === 'Field';
    return last === undefined || !isDefault ? null : constantOf(last, place, resolver, depth);
  }
  // Rust's `[base, "/api"].concat()`
  const list = name === 'concat' && call.callee.kind === 'member' ? call.callee.of : null;
  if (list?.kind === 'list') return constantOf({ kind: 'join', parts: list.items }, place, resolver, depth);
  if (name === 'Sprintf') return ofFormat(values, place, resolver, depth);
  if (name === 'Join') return ofJoin(call, place, resolver, depth);
  // `str(settings.PREFIX)`, `prefix.rstrip("/")`, `"/api".concat(x)`
  if (/^(str|String|rstrip|lstrip|strip|trim|toString|lower|format)$/.test(name)) {
    const of = call.callee.kind === 'member' ? call.callee.of : (values[0] ?? null);
    return constantOf(of, place, resolver, depth);
  }
  return null;
}

/** Go's `path.Join("/api", "orders")`. */
function ofJoin(
  { callee, args }: CallExpression,
  place: Place,
  resolver: Resolver,
  depth: number,
): string | null {
  if (callee.kind !== 'member' || lastName(callee.of) !== 'path') return null;
  const parts = args.map(({ value }) => constantOf(value, place, resolver, depth));
  return parts.includes(null) ? null : parts.join('/').replace(/\/{2,}/g, '/');
}

/** Go's `fmt.Sprintf("/%s/items", prefix)`; what is not known is a parameter. */
function ofFormat(
  [format, ...values]: readonly Expression[],
  place: Place,
  resolver: Resolver,
  depth: number,
): string | null {
  const text = constantOf(format ?? null, place, resolver, depth);
  if (text === null) return null;
  let at = 0;
  return text.replace(
    /%[+#]?[svdq]/g,
    () => constantOf(values[at++] ?? null, place, resolver, depth) ?? '{arg}',
  );
}

function firstOf(
  items: readonly Expression[],
  place: Place,
  resolver: Resolver,
  depth: number,
): string | null {
  for (const item of items) {
    const found = constantOf(item, place, resolver, depth);
    if (found !== null) return found;
  }
  return null;
}
