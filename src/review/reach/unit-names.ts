import { familyOf, languageOf } from '../../rag/languages.ts';
import type { FileUnits, Unit } from './list-units.ts';

/** A name within the family of languages of a file: the code of one cannot call that of another. */
export function nameKey(file: string, name: string): string {
  return `${familyOf(languageOf(file) ?? '')} ${name}`;
}

/** Units by `nameKey`. */
export function groupByName(files: readonly FileUnits[]): ReadonlyMap<string, readonly Unit[]> {
  const byName = new Map<string, Unit[]>();
  for (const unit of files.flatMap((file) => file.units)) {
    const key = nameKey(unit.file, unit.name);
    const known = byName.get(key);
    if (known === undefined) byName.set(key, [unit]);
    else known.push(unit);
  }
  return byName;
}

/** The innermost named function around a line of a file. */
export function unitAround({ units }: FileUnits, line: number): Unit | null {
  return units
    .filter(({ startLine, endLine }) => startLine <= line && line <= endLine)
    .reduce<Unit | null>(
      (best, unit) => (best === null || lengthOf(unit) <= lengthOf(best) ? unit : best),
      null,
    );
}

function lengthOf(unit: Unit): number {
  return unit.endLine - unit.startLine;
}
