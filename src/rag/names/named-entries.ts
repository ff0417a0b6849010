import { shortName } from '../expressions.ts';
import type { FileFacts, PlacedCall } from '../facts.ts';

/** An index into the symbols of a file. */
export interface SymbolPlace {
  readonly file: string;
  readonly index: number;
}

export interface CallPlace {
  readonly file: string;
  readonly placed: PlacedCall;
}

/** Symbols by their names. */
export function listSymbols(file: string, { symbols }: FileFacts): (readonly [string, SymbolPlace])[] {
  return symbols.map(({ name }, index) => [name, { file, index }]);
}

/** Calls by the last name of what is called. */
export function listCalls(file: string, { calls }: FileFacts): (readonly [string, CallPlace])[] {
  return calls.flatMap((placed) => {
    const name = calleeName(placed);
    return name === null ? [] : [[name, { file, placed }] as const];
  });
}

/** Classes by the names of what they are made from. */
export function listBases(file: string, { symbols }: FileFacts): (readonly [string, SymbolPlace])[] {
  return symbols.flatMap(({ kind, bases }, index) => {
    if (kind !== 'class') return [];
    const names = new Set(bases.flatMap((base) => shortName(base) ?? []));
    return [...names].map((name) => [name, { file, index }] as const);
  });
}

function calleeName({ call }: PlacedCall): string | null {
  const { callee } = call;
  // `require('./routes')(app)`
  if (callee.kind === 'call') return '()';
  return callee.kind === 'name' || callee.kind === 'member' ? callee.name : null;
}
