import type { CodeRange, Route } from '../../types-code.ts';
import type { FileUnits, Unit } from './list-units.ts';
import { groupByName, nameKey, unitAround } from './unit-names.ts';

/** Says who waits for code. */
export interface Waiting {
  /**
   * Whether every known way to a place passes a call that nobody waits for, so that nobody feels what hangs there. Calls
   * are matched by name; `false` where no call is known, or one of any namesake is waited for.
   */
  isLeftAlone(place: CodeRange): boolean;
  /** Whether nobody waits for any call of a name in the language of `file`; `false` where there is no such call. */
  areLeftAlone(file: string, name: string): boolean;
}

/** Follows who waits for whom: from handlers, from what the start calls, and from functions whose callers are unknown. */
export function createWaiting(files: readonly FileUnits[], routes: readonly Route[]): Waiting {
  const byFile = new Map(files.map((file) => [file.file, file]));
  let awaited: ReadonlySet<Unit> | null = null;
  return {
    isLeftAlone: ({ file, startLine }) => {
      const units = byFile.get(file);
      const unit = units === undefined ? null : unitAround(units, startLine);
      awaited ??= listAwaited(files, routes);
      return unit !== null && !awaited.has(unit);
    },
    areLeftAlone: (file, name) => {
      const waited = awaited ?? listAwaited(files, routes);
      awaited = waited;
      const key = nameKey(file, name);
      const calls = files.flatMap((one) =>
        one.calls.filter((call) => nameKey(one.file, call.name) === key).map((call) => ({ one, call })),
      );
      return (
        calls.length > 0 &&
        calls.every(({ one, call }) => {
          const unit = unitAround(one, call.line);
          return call.isDropped || (unit !== null && !waited.has(unit));
        })
      );
    },
  };
}

function listAwaited(files: readonly FileUnits[], routes: readonly Route[]): ReadonlySet<Unit> {
  const byName = groupByName(files);
  const called = new Set<string>();
  const calledBy = new Map<Unit | null, Unit[]>();
  for (const file of files) {
    for (const name of file.handedOff) called.add(nameKey(file.file, name));
    for (const { name, line, isDropped } of file.calls) {
      const key = nameKey(file.file, name);
      const caller = unitAround(file, line);
      const callees = (byName.get(key) ?? []).filter((unit) => unit !== caller);
      if (callees.length > 0) called.add(key);
      if (!isDropped) calledBy.set(caller, [...(calledBy.get(caller) ?? []), ...callees]);
    }
  }
  const isStart = (unit: Unit) =>
    !called.has(nameKey(unit.file, unit.name)) || routes.some(({ handler }) => overlaps(handler, unit));
  const found = new Set<Unit>([
    ...files.flatMap(({ units }) => units).filter(isStart),
    ...(calledBy.get(null) ?? []),
  ]);
  // What is added while the set is walked is walked too.
  for (const unit of found) for (const callee of calledBy.get(unit) ?? []) found.add(callee);
  return found;
}

function overlaps(a: CodeRange, b: CodeRange): boolean {
  return a.file === b.file && a.startLine <= b.endLine && b.startLine <= a.endLine;
}
