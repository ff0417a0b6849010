import { INITIALIZER } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import type { Place } from './entity.ts';
import type { SymbolPlace } from './named-entries.ts';
import type { Program } from './program.ts';

/** What a C# extension method is called on; `symbol` is the method, an index into the symbols of its file. */
export function listExtended(
  param: { readonly file: string },
  symbol: number | null,
  program: Program,
  family: string,
): { expression: Expression; place: Place }[] {
  const name = symbol === null ? '' : program.symbol({ file: param.file, index: symbol }).name;
  if (program.symbolsNamed(name).length !== 1) return [];
  return program.callsNamed(name, family).flatMap(({ file, placed }) => {
    const { callee } = placed.call;
    return callee.kind === 'member' ? [{ expression: callee.of, place: { file, scope: placed.scope } }] : [];
  });
}

/**
 * Extension methods of C# that a call may mean, where one class of the workspace alone has some of this name: the type
 * that they extend is often of a library, of which nothing is known here.
 */
export function findExtensions(call: CallExpression, place: Place, program: Program): SymbolPlace[] {
  const { callee } = call;
  if (callee.kind !== 'member' || program.facts(place.file).language !== 'csharp') return [];
  const found = program.symbolsNamed(callee.name).filter((at) => countExtended(at, program) !== null);
  const classes = new Set(found.map((at) => `${at.file} ${program.symbol(at).parent}`));
  if (classes.size !== 1) return [];
  const given = call.args.filter(({ name }) => name !== INITIALIZER).length;
  const fitting = found.filter((at) => countExtended(at, program) === given);
  return fitting.length > 0 ? fitting : found;
}

/** How many arguments an extension method takes beside what it extends; `null`: it is none. */
function countExtended(at: SymbolPlace, program: Program): number | null {
  const { scope } = program.symbol(at);
  const params = program.facts(at.file).scopes[scope ?? -1]?.params ?? [];
  const isExtended = params[0]?.decorators.some((mark) => mark.kind === 'name' && mark.name === 'this');
  return isExtended === true ? params.length - 1 : null;
}
