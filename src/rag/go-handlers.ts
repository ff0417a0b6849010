import { textOf } from './expressions.ts';
import type { Expression } from './facts.ts';
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

/** Whether an argument of a call that makes a handler is surely none itself, such as `site.SetLimit`. */
export function takesNoRequest(expression: Expression, place: Place, resolver: Resolver): boolean {
  if (resolver.program.facts(place.file).language !== 'go') return false;
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
