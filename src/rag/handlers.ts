import type { CodeRange } from '../types-code.ts';
import { textOf } from './expressions.ts';
import type { CallExpression, Expression } from './facts.ts';
import { findBehindWrapper } from './generated-servers.ts';
import { isWrapped, wrapsHandlers } from './go-handlers.ts';
import { familyOf } from './languages.ts';
import type { Entity, Place } from './names/entity.ts';
import { scopeOf } from './names/lookups.ts';
import type { Resolver } from './names/resolver.ts';

/** The code that answers, and its name; `null` for a function written in place. */
export interface Handler {
  readonly range: CodeRange;
  readonly name: string | null;
  /** A class whose methods answer. */
  readonly type?: Entity & { readonly kind: 'symbol' };
}

/**
 * Finds the code behind the last of `handlers`, through wrappers, arrays and `bind`. A function written in place is
 * answered with the whole of `call`, which names its middleware too. `null`: the code is not in the workspace.
 */
export function findHandler(
  handlers: readonly Expression[],
  call: CallExpression,
  place: Place,
  resolver: Resolver,
): Handler | null {
  // In Go the last answers, and those before it go ahead of it.
  const isGo = resolver.program.facts(place.file).language === 'go';
  for (const handler of isGo ? handlers.slice(-1) : [...handlers].reverse()) {
    if (handlers.length > 1 && isErrorHandler(handler, place, resolver)) continue;
    const found = handlerOf(handler, call, place, resolver, 0);
    if (found !== null) return found;
  }
  return null;
}

function handlerOf(
  handler: Expression,
  call: CallExpression,
  place: Place,
  resolver: Resolver,
  depth: number,
): Handler | null {
  if (depth > 4) return null;
  if (handler.kind === 'function') {
    return { name: null, range: { file: place.file, startLine: call.line, endLine: call.endLine } };
  }
  if (handler.kind === 'list') return findHandler(handler.items, call, place, resolver);
  if (handler.kind === 'call') return ofWrapper(handler, call, place, resolver, depth);
  // Go's `logged(list)...`, where several go ahead of the one that answers.
  const [spread] = handler.kind === 'other' ? handler.items : [];
  if (spread?.kind === 'call') return ofWrapper(spread, call, place, resolver, depth + 1);
  for (const entity of resolver.evaluate(handler, place)) {
    const found = ofEntity(entity, handler, resolver, call, depth);
    if (found !== null) return found;
  }
  return null;
}

function ofEntity(
  entity: Entity,
  handler: Expression,
  resolver: Resolver,
  call: CallExpression,
  depth: number,
): Handler | null {
  if (entity.kind === 'symbol' || entity.kind === 'instance') {
    const at = (entity.kind === 'symbol' ? findBehindWrapper(entity, resolver) : null) ?? entity;
    const { name, kind, startLine, endLine } = resolver.program.symbol(at);
    const range = { file: at.file, startLine, endLine };
    return kind === 'class' ? { name, range, type: { ...entity, kind: 'symbol' } } : { name, range };
  }
  if (entity.kind !== 'value') return null;
  const scope = scopeOf(entity, resolver.program);
  const name = handler.kind === 'name' || handler.kind === 'member' ? handler.name : null;
  if (scope !== null) {
    const fact = resolver.program.facts(scope.file).scopes[scope.scope];
    if (fact === undefined) return null;
    return { name, range: { file: scope.file, startLine: fact.startLine, endLine: fact.endLine } };
  }
  // `const list = asyncHandler(async (req, res) => …)`: the function written inside the wrapper.
  if (entity.value.kind === 'call') {
    const found = ofWrapper(entity.value, entity.value, entity, resolver, depth);
    return found === null ? null : { ...found, name: found.name ?? name };
  }
  if (entity.value.kind === 'list') return findHandler(entity.value.items, call, entity, resolver);
  return null;
}

/** `wrap(handler)`, `handler.bind(x)`, `makeHandler(deps)`: an argument that is a function, else what makes it. */
function ofWrapper(
  wrapper: CallExpression,
  call: CallExpression,
  place: Place,
  resolver: Resolver,
  depth: number,
): Handler | null {
  if (wrapper.callee.kind === 'member' && /^(bind|as_view)$/.test(wrapper.callee.name)) {
    return handlerOf(wrapper.callee.of, call, place, resolver, depth + 1);
  }
  for (const [index, { value }] of [...wrapper.args.entries()].reverse()) {
    if (!['function', 'name', 'member', 'call'].includes(value.kind)) continue;
    if (!isWrapped(wrapper, index, place, resolver)) continue;
    const found = handlerOf(value, call, place, resolver, depth + 1);
    const isTaken = found !== null && isFunction(value, place, resolver, wrapper);
    if (isTaken && !isMiddleware(value, place, resolver)) return found;
  }
  // What is wrapped is not in the workspace, and what wraps it does not answer.
  const { callee } = wrapper;
  if (isMiddleware(callee, place, resolver) || wrapsHandlers(callee, place, resolver)) return null;
  const made = handlerOf(wrapper.callee, call, place, resolver, depth + 1);
  return made?.name === null ? null : made;
}

/** Express tells what handles errors, `(err, req, res, next) => …`, by its four parameters. */
function isErrorHandler(handler: Expression, place: Place, resolver: Resolver): boolean {
  const { program } = resolver;
  if (familyOf(program.facts(place.file).language) !== 'javascript') return false;
  return resolver.evaluate(handler, place).some((entity) => {
    const at = scopeOf(entity, program);
    return at !== null && program.facts(at.file).scopes[at.scope]?.params.length === 4;
  });
}

function isFunction(
  value: Expression,
  place: Place,
  resolver: Resolver,
  { callee }: CallExpression,
): boolean {
  if (value.kind === 'function' || value.kind === 'call') return true;
  const found = resolver.evaluate(value, place);
  if (found.some((entity) => scopeOf(entity, resolver.program) !== null)) return true;
  // `var show = withUser(func(…) {…})`, handed to what takes a handler.
  const isMade = found.some((entity) => entity.kind === 'value' && entity.value.kind === 'call');
  return isMade && wrapsHandlers(callee, place, resolver);
}

/** What takes a handler and gives one of the same type, such as Go's `func(next http.Handler) http.Handler`. */
function isMiddleware(value: Expression, place: Place, resolver: Resolver): boolean {
  if (value.kind !== 'name' && value.kind !== 'member') return false;
  return resolver.evaluate(value, place).some((entity) => {
    const at = scopeOf(entity, resolver.program);
    const scope = at === null ? undefined : resolver.program.facts(at.file).scopes[at.scope];
    const [first, ...others] = scope?.params ?? [];
    const [taken, given] = [first?.type ?? null, scope?.returnType ?? null];
    return others.length === 0 && taken !== null && given !== null && textOf(taken) === textOf(given);
  });
}
