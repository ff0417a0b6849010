import type { CodeReader } from '../../rag/code-reader.ts';
import type { Notice } from '../../types.ts';
import type { CodeRange, Route } from '../../types-code.ts';
import type { Reach } from '../evidence/link-evidence.ts';
import { showEndpoint } from '../show-endpoint.ts';
import { dropWiderHandlers } from './narrow-routes.ts';
import type { NameReach } from './reach-by-name.ts';

/** Levels of calls between a handler and a place that still count as reaching it. */
const REACH_DEPTH = 8;
/** Where nobody can say what reaches a place, a symptom speaks for it only weakly. */
const UNKNOWN_REACH = 0.4;
const NAME_REACH = 0.9;
/** Of what starts with the process: all operations may depend on it. */
export const REACH_OF_START: Reach = { reachedFrom: null, certainty: UNKNOWN_REACH };

/** Gives the operations whose handler reaches a place, sorted: by calls, else by names, which is less certain. */
export async function findReach(
  index: CodeReader,
  names: NameReach,
  place: CodeRange,
  notices: Notice[],
): Promise<Reach> {
  if (index.routes.length === 0) return REACH_OF_START;
  const byCalls = await followCalls(index, place, notices);
  // What runs when the process starts, at the top level or called from there, no operation reaches, and all may
  // depend on it: a pool that a factory makes.
  if (byCalls.length === 0 && names.unitAt(place) === null) return REACH_OF_START;
  const routes = byCalls.length > 0 ? byCalls : await followNames(index, names, place, notices);
  if (routes.length === 0 && names.isStarted(place)) return REACH_OF_START;
  const reachedFrom = [...new Set(routes.map(showEndpoint))].sort();
  return { reachedFrom, certainty: byCalls.length > 0 ? 1 : NAME_REACH };
}

/** A call that is known to mean the namesake of another class says nothing about this one. */
async function followNames(
  index: CodeReader,
  names: NameReach,
  place: CodeRange,
  notices: Notice[],
): Promise<readonly Route[]> {
  const routes = names.routesTo(place);
  if (routes.length === 0) return [];
  const meant = new Set<string>();
  for (const namesake of names.namesakesAt(place))
    for (const route of await followCalls(index, namesake, notices)) meant.add(showEndpoint(route));
  return routes.filter((route) => !meant.has(showEndpoint(route)));
}

async function followCalls(
  index: CodeReader,
  place: CodeRange,
  notices: Notice[],
): Promise<readonly Route[]> {
  try {
    return dropWiderHandlers(await index.findReachingRoutes(place, REACH_DEPTH), place);
  } catch (error) {
    // Code that is nested without measure exhausts the stack; names still say something about it.
    if (!(error instanceof RangeError)) throw error;
    const message = 'its callers could not be followed through calls, only by name';
    notices.push({ where: `${place.file}:${place.startLine}`, message });
    return [];
  }
}
