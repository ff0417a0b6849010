import { posix } from 'node:path';
import type { CodeRange, Route } from '../../types-code.ts';
import type { FileUnits, NamedCall, Unit } from './list-units.ts';
import { groupByName, nameKey, unitAround } from './unit-names.ts';

/** Methods that so many objects have that a call of them says nothing about ours. */
const COMMON =
  /^(get|post|put|patch|head|options|request|fetch|route|set|has|add|push|pop|map|filter|find|reduce|forEach|some|every|join|split|slice|then|catch|finally|json|text|send|status|end|write|read|log|info|warn|error|debug|query|execute|commit|call|apply|bind|on|once|emit|close|open|connect|use|run|start|stop|next|test|exec|match|replace|trim|keys|values|items|append|update|delete|remove|insert|save|create|all|first|one|format|parse|stringify|resolve|reject|constructor|main|init|setup|handle|handler)$/i;
const MAX_NAMESAKES = 2;
const MAX_DEPTH = 8;

/** Finds the routes that reach a place through calls matched by name, where no type says what an object is. */
export interface NameReach {
  routesTo(place: CodeRange): readonly Route[];
  /** Whether the process comes by this place when it starts: code at the top level calls it, or `main` does. */
  isStarted(place: CodeRange): boolean;
  /** The other functions of the name of the one around a place, where calls by that name are followed. */
  namesakesAt(place: CodeRange): readonly Unit[];
  /** The innermost named function around a place. */
  unitAt(place: CodeRange): Unit | null;
}

/**
 * Follows calls by name: objects handed over as arguments (`createApp({ payments })`) are invisible to a call
 * graph, but `payments.createCharge()` has one namesake in the project. Common names and names with more than two
 * namesakes are not followed, nor are calls between files of which `mayCall` says that one cannot call the other.
 */
export function createNameReach(
  files: readonly FileUnits[],
  routes: readonly Route[],
  mayCall: (from: string, to: string) => boolean,
): NameReach {
  const byFile = new Map(files.map((file) => [file.file, file]));
  const byName = groupByName(files);
  const calledFrom = (range: CodeRange): readonly Unit[] =>
    (byFile.get(range.file)?.calls ?? [])
      .filter((call) => call.line >= range.startLine && call.line <= range.endLine)
      .flatMap((call) => {
        const namesakes = (byName.get(nameKey(range.file, call.name)) ?? []).filter(
          ({ file }) => call.folders?.includes(posix.basename(posix.dirname(file))) !== false,
        );
        const near = namesakes.filter((unit) => unit.file === range.file);
        if (!call.isMember && near.length > 0) return near;
        if (COMMON.test(call.name) || namesakes.length > MAX_NAMESAKES) return [];
        return namesakes.filter(
          (unit) => mayCall(range.file, unit.file) && isSeen(call, range.file, unit.file),
        );
      });
  const started = listStarted(files, calledFrom);
  const unitAt = ({ file, startLine }: CodeRange) => {
    const known = byFile.get(file);
    return known === undefined ? null : unitAround(known, startLine);
  };
  const reached = new Map(routes.map((route) => [route, spread([route.handler], calledFrom)]));
  return {
    routesTo: (place) =>
      routes.filter((route) => reached.get(route)?.some((unit) => holds(unit, place)) === true),
    isStarted: (place) => started.some((unit) => holds(unit, place)),
    namesakesAt: (place) => {
      const unit = unitAt(place);
      const all = unit === null ? [] : (byName.get(nameKey(unit.file, unit.name)) ?? []);
      return all.length > MAX_NAMESAKES ? [] : all.filter((one) => one !== unit);
    },
    unitAt,
  };
}

/**
 * Whether the caller can name the function: Go's names with a small letter, and those without a package before them,
 * are of its own package (specification, "Exported identifiers").
 */
function isSeen({ name, isMember }: NamedCall, from: string, to: string): boolean {
  const isOfPackage = from.endsWith('.go') && (!isMember || /^[\p{Ll}_]/u.test(name));
  return !isOfPackage || posix.dirname(from) === posix.dirname(to);
}

/** Units that run when the process starts. */
function listStarted(
  files: readonly FileUnits[],
  calledFrom: (range: CodeRange) => readonly Unit[],
): readonly CodeRange[] {
  const mains = files.flatMap(({ units }) =>
    units.filter(({ name, parents }) => name === 'main' && parents.length === 0),
  );
  const atTopLevel = files.flatMap(({ file, units, calls }) =>
    calls
      .map(({ line }) => ({ file, startLine: line, endLine: line }))
      .filter((line) => !units.some((unit) => holds(unit, line)))
      .flatMap(calledFrom),
  );
  return spread([...mains, ...atTopLevel], calledFrom);
}

/** The units that calls lead to from `starts`, those among them. */
function spread(
  starts: readonly CodeRange[],
  calledFrom: (range: CodeRange) => readonly Unit[],
): readonly CodeRange[] {
  const found = new Map(starts.map((start) => [keyOf(start), start]));
  let front: readonly CodeRange[] = [...found.values()];
  for (let depth = 0; depth < MAX_DEPTH && front.length > 0; depth += 1) {
    const next: CodeRange[] = [];
    for (const unit of front.flatMap(calledFrom)) {
      if (found.has(keyOf(unit))) continue;
      found.set(keyOf(unit), unit);
      next.push(unit);
    }
    front = next;
  }
  return [...found.values()];
}

function holds(unit: CodeRange, place: CodeRange): boolean {
  return unit.file === place.file && unit.startLine <= place.startLine && unit.endLine >= place.endLine;
}

function keyOf({ file, startLine, endLine }: CodeRange): string {
  return `${file}:${startLine}-${endLine}`;
}
