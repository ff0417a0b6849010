import { textOf } from './expressions.ts';
import type { CallExpression, Expression } from './facts.ts';
import type { Place } from './names/entity.ts';
import { scopeOf } from './names/lookups.ts';
import type { Resolver } from './names/resolver.ts';

const MAX_DEPTH = 4;
/** Types that hold a request: net/http's, and the contexts of frameworks and of applications. */
const REQUEST = /(^|[.*\s(])(http\.Request|\w*Ctx|\w*Context)\b/;
const HANDLER = /(^|\.)\w*Handler(Func)?(\[.*)?$/;
const PLAIN = /^(string|bool|byte|rune|error|any|u?int\d*|float(32|64)|time\.(Duration|Time))$/;

/** Whether an expression of Go is a function that takes a request, or what makes or wraps one. */
export function answersRequests(
  expression: Expression,
  place: Place,
  resolver: Resolver,
  depth = 0,
): boolean {
  if (depth > MAX_DEPTH) return false;
  if (expression.kind === 'call') {
    const isMade = signaturesOf(expression.callee, place, resolver).some(({ gives }) => givesHandler(gives));
    if (isMade) return true;
    return expression.args.some(({ value }) => answersRequests(value, place, resolver, depth + 1));
  }
  return signaturesOf(expression, place, resolver).some(({ takes }) =>
    takes.some((type) => REQUEST.test(type)),
  );
}

/** Parameters that a wrapper takes a handler by: of a function's type, of a named one, or of any type. */
const HANDLER_PARAM =
  /^(func\(.*(Request|Context|Ctx|Writer)|[A-Z]$|([\w.]*\.)?\w*(Handler|Func|Fn|Endpoint|Handle)(\[.*)?$)/;

/**
 * Whether the argument at `index` of a call that gives a handler is one itself. What takes no handler makes one:
 * `listBackends(state, providers)`, `floatHandler(site.SetLimit)`. Elsewhere than in Go any function may be.
 */
export function isWrapped(wrapper: CallExpression, index: number, place: Place, resolver: Resolver): boolean {
  const value = wrapper.args[index]?.value;
  if (value === undefined || resolver.program.facts(place.file).language !== 'go') return value !== undefined;
  const known = signaturesOf(wrapper.callee, place, resolver);
  if (known.length === 0) return !takesNoRequest(value, place, resolver);
  const isTaken = known.some(({ takes }) =>
    HANDLER_PARAM.test(takes[Math.min(index, takes.length - 1)] ?? ''),
  );
  return isTaken || answersRequests(value, place, resolver);
}

/** Whether a call of Go wraps a handler, so that it answers nothing itself where that handler is not known. */
export function wrapsHandlers(callee: Expression, place: Place, resolver: Resolver): boolean {
  if (resolver.program.facts(place.file).language !== 'go') return false;
  return signaturesOf(callee, place, resolver).some(({ takes }) =>
    takes.some((type) => HANDLER_PARAM.test(type)),
  );
}

/** Whether an expression is surely no handler, such as `site.SetLimit`. */
function takesNoRequest(expression: Expression, place: Place, resolver: Resolver): boolean {
  if (expression.kind === 'call') {
    const made = signaturesOf(expression.callee, place, resolver);
    return made.length > 0 && made.every(({ gives }) => gives.startsWith('func(') && !givesHandler(gives));
  }
  const seen = signaturesOf(expression, place, resolver);
  return (
    seen.length > 0 &&
    seen.every(({ takes, gives }) => takes.every((type) => PLAIN.test(type)) && !givesHandler(gives))
  );
}

function givesHandler(type: string): boolean {
  return HANDLER.test(type) || (type.startsWith('func(') && REQUEST.test(type));
}

interface Signature {
  readonly takes: readonly string[];
  readonly gives: string;
}

function signaturesOf(expression: Expression, place: Place, resolver: Resolver): readonly Signature[] {
  return resolver.evaluate(expression, place).flatMap((entity): Signature[] => {
    const at = scopeOf(entity, resolver.program);
    const scope = at === null ? undefined : resolver.program.facts(at.file).scopes[at.scope];
    if (scope === undefined) return [];
    const takes = scope.params.map(({ type }) => (type === null ? '' : textOf(type)));
    return [{ takes, gives: scope.returnType === null ? '' : textOf(scope.returnType) }];
  });
}
