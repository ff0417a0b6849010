import type { CallExpression, Expression } from '../facts.ts';
import { listDefaultNames } from './default-imports.ts';
import type { Param, Place } from './entity.ts';
import { listExtended } from './extension-methods.ts';
import { scopeOf } from './lookups.ts';
import type { Resolver } from './resolver.ts';

/** What a caller gives for a parameter, and where. */
export interface GivenArgument {
  readonly expression: Expression;
  readonly place: Place;
}

/** What callers of one family of languages give for a parameter of a named function or a constructor. */
export function listArguments(param: Param, family: string, resolver: Resolver): readonly GivenArgument[] {
  const { program } = resolver;
  const scope = program.facts(param.file).scopes[param.scope];
  const isExtended =
    scope?.params[0]?.decorators.some((mark) => mark.kind === 'name' && mark.name === 'this') === true;
  if (isExtended) return param.index === 0 ? listExtended(param, scope?.symbol ?? null, program, family) : [];
  const index = scope?.self === scope?.params[0]?.name ? param.index - 1 : param.index;
  return listCallers(param, family, resolver).flatMap(({ call, place }) => {
    const expression = call.args[index]?.value;
    return expression === undefined ? [] : [{ expression, place }];
  });
}

/** Calls of a named function or of a constructor, whose scope is at `made`. */
export function listCallers(
  made: Place,
  family: string,
  resolver: Resolver,
): readonly { readonly call: CallExpression; readonly place: Place }[] {
  const { program } = resolver;
  const facts = program.facts(made.file);
  const scope = facts.scopes[made.scope];
  const symbol = scope?.symbol === null || scope === undefined ? undefined : facts.symbols[scope.symbol];
  const isConstructor = symbol?.name === 'constructor' || symbol?.name === '__init__';
  const own = symbol === undefined ? listDefaultNames(made, program) : [];
  const names = symbol === undefined ? ['()', ...own] : [isConstructor ? symbol.parent : symbol.name, '()'];
  return names.flatMap((name) =>
    program.callsNamed(name, family).flatMap(({ file, placed: { call, scope: from } }) => {
      const place = { file, scope: from };
      return calls(call, place, made, resolver) ? [{ call, place }] : [];
    }),
  );
}

function calls(call: CallExpression, place: Place, made: Place, resolver: Resolver): boolean {
  const { program } = resolver;
  return resolver.evaluate(call.callee, place).some((target) => {
    const scope = scopeOf(target, program);
    if (scope !== null) return scope.file === made.file && scope.scope === made.scope;
    if (target.kind !== 'symbol' || target.file !== made.file) return false;
    const around = program.classAround({ file: made.file, scope: made.scope });
    return around === target.index;
  });
}
