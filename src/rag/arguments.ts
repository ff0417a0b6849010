import type { Entity, Place } from './entity.ts';
import { listExtended } from './extension-methods.ts';
import type { CallExpression, Expression } from './facts.ts';
import { scopeOf } from './lookups.ts';
import type { Resolver } from './resolver.ts';

type Param = Entity & { readonly kind: 'param' };

/** What a caller gives for a parameter, and where. */
export interface GivenArgument {
  readonly expression: Expression;
  readonly place: Place;
}

/** What callers of one family of languages give for a parameter of a named function or a constructor. */
export function listArguments(param: Param, family: string, resolver: Resolver): readonly GivenArgument[] {
  const { program } = resolver;
  const facts = program.facts(param.file);
  const scope = facts.scopes[param.scope];
  const isExtended =
    scope?.params[0]?.decorators.some((mark) => mark.kind === 'name' && mark.name === 'this') === true;
  if (isExtended) return param.index === 0 ? listExtended(param, scope?.symbol ?? null, program, family) : [];
  const index = scope?.self === scope?.params[0]?.name ? param.index - 1 : param.index;
  const symbol = scope?.symbol === null || scope === undefined ? undefined : facts.symbols[scope.symbol];
  const isConstructor = symbol?.name === 'constructor' || symbol?.name === '__init__';
  const names = symbol === undefined ? ['()'] : [isConstructor ? symbol.parent : symbol.name, '()'];
  return names.flatMap((name) =>
    program.callsNamed(name, family).flatMap(({ file, placed }) => {
      const place = { file, scope: placed.scope };
      const expression = placed.call.args[index]?.value;
      if (expression === undefined || !calls(placed.call, place, param, resolver)) return [];
      return [{ expression, place }];
    }),
  );
}

function calls(call: CallExpression, place: Place, param: Param, resolver: Resolver): boolean {
  const { program } = resolver;
  return resolver.evaluate(call.callee, place).some((target) => {
    const scope = scopeOf(target, program);
    if (scope !== null) return scope.file === param.file && scope.scope === param.scope;
    if (target.kind !== 'symbol' || target.file !== param.file) return false;
    const around = program.classAround({ file: param.file, scope: param.scope });
    return around === target.index;
  });
}
