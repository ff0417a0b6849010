import { lastName, walkExpression } from '../expressions.ts';
import type { Expression, FileFacts } from '../facts.ts';
import type { Entity } from './entity.ts';
import type { Lookups } from './lookups.ts';
import type { Program } from './program.ts';

interface Given {
  readonly file: string;
  readonly scope: number;
  readonly value: Expression;
}

const known = new WeakMap<Program, ReadonlyMap<string, readonly Given[]>>();

/** What struct literals of Rust and Go give a field, wherever they stand: `AppState { http: client }`. */
export function followLiterals(lookups: Lookups, type: string, field: string): readonly Entity[] {
  let table = known.get(lookups.program);
  if (table === undefined) {
    table = collect(lookups.program);
    known.set(lookups.program, table);
  }
  return (table.get(`${type}.${field}`) ?? []).flatMap((given) => [...lookups.evaluate(given.value, given)]);
}

function collect(program: Program): ReadonlyMap<string, readonly Given[]> {
  const table = new Map<string, Given[]>();
  for (const [file, facts] of program.files) {
    if (!/^(rust|go)$/.test(facts.language)) continue;
    for (const { scope, value } of listValues(facts)) {
      walkExpression(value, (inner) => {
        const type = inner.kind === 'map' && inner.type !== null ? lastName(inner.type) : null;
        if (inner.kind !== 'map' || type === null) return;
        for (const entry of inner.entries) {
          const key = `${type}.${entry.key}`;
          table.set(key, [...(table.get(key) ?? []), { file, scope, value: entry.value }]);
        }
      });
    }
  }
  return table;
}

function listValues(facts: FileFacts): { readonly scope: number; readonly value: Expression }[] {
  return [
    ...facts.statements,
    ...facts.bindings.flatMap(({ from, value }) => (value === null ? [] : [{ scope: from, value }])),
    ...facts.scopes.flatMap(({ returns }, scope) => returns.map((value) => ({ scope, value }))),
  ];
}
