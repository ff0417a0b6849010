import type { Expression } from '../facts.ts';
import type { Place } from './entity.ts';
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
