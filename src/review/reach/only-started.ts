import type { FileUnits, NamedCall, Unit } from './list-units.ts';

/** A call with the file it stands in and the function around it; `null`: it stands at the top level. */
interface PlacedCall {
  readonly call: NamedCall;
  readonly file: FileUnits;
  readonly owner: Unit | null;
}

/**
 * Gives the functions that only the start of the process calls: `main` and code at the top level, from there on by
 * calls that wait for nobody, and nothing else calls or hands over by name. `started` are those that the start may come by.
 */
export function listOnlyStarted(
  files: readonly FileUnits[],
  started: readonly Unit[],
  isCommon: (name: string) => boolean,
): ReadonlySet<Unit> {
  const names = new Set(started.map(({ name }) => name));
  const calls = listCalls(files, names);
  const handedIn = (name: string) => files.filter(({ handed }) => handed.has(name));
  const left = new Set(
    started.filter(({ name, file }) =>
      handedIn(name).every((holder) => isCommon(name) && holder.file !== file),
    ),
  );
  const isOfStart = ({ call, owner }: PlacedCall) => !call.isLater && (owner === null || left.has(owner));
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const unit of left) {
      const callers = (calls.get(unit.name) ?? []).filter((one) => mayMean(one, unit, isCommon));
      if (!callers.every(isOfStart)) left.delete(unit);
    }
  }
  return left;
}

function listCalls(
  files: readonly FileUnits[],
  names: ReadonlySet<string>,
): ReadonlyMap<string, readonly PlacedCall[]> {
  const calls = new Map<string, PlacedCall[]>();
  for (const file of files) {
    for (const call of file.calls) {
      if (!names.has(call.name)) continue;
      const placed = { call, file, owner: unitAround(file, call.line) };
      const known = calls.get(call.name);
      if (known === undefined) calls.set(call.name, [placed]);
      else known.push(placed);
    }
  }
  return calls;
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

/**
 * Whether a call by name may mean a function: a plain call means the one of its own file, where there is one; a call of
 * a member that many objects have (`row.update()`) means no plain function of another file.
 */
function mayMean({ call, file }: PlacedCall, unit: Unit, isCommon: (name: string) => boolean): boolean {
  if (file.file === unit.file) return true;
  if (call.isMember) return unit.parents.length > 0 || !isCommon(unit.name);
  return !file.units.some(({ name }) => name === call.name);
}

function lengthOf({ startLine, endLine }: Unit): number {
  return endLine - startLine;
}
