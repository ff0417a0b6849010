/** Names of segments that servers put before their paths, which documents often leave out. */
const BASE_SEGMENT =
  /^(api|apis|rest|v\d+([.-]?\w+)*|version\d*|service|services|public|internal|gateway|backend|server|app|web|_api)$/i;
const MAX_BASE_SEGMENTS = 4;
/** A version of the API that the path takes as a parameter: `{version}/orders` answers `/v2/orders`. */
const VERSION_PARAMETER = /^\{(api_?)?v(er|ersion)?\}$/i;
const VERSION = /^v\d+(\.\d+)*$/i;

/** How well a route's path answers a path; `null`: it does not. */
export interface PathMatch {
  /** 0 to 1. */
  readonly score: number;
  readonly why: string;
}

/**
 * Compares path templates. Names of parameters and a slash at the end do not count; a prefix that only one side has
 * is let pass when it looks like a base path or is shared by the application's routes (`sharedPrefixes`).
 */
export function matchPaths(
  wanted: string,
  route: string,
  sharedPrefixes: ReadonlySet<string>,
): PathMatch | null {
  const a = segmentsOf(wanted);
  const b = segmentsOf(route);
  const same = compare(a, b);
  if (same !== null)
    return same === 'exact' ? { score: 1, why: 'same path' } : { score: 0.6, why: 'path fits' };
  const [long, short] = a.length > b.length ? [a, b] : [b, a];
  const extra = long.slice(0, long.length - short.length);
  if (short.length === 0 || extra.length === 0) return null;
  const rest = long.slice(extra.length);
  const matched = a.length > b.length ? compare(rest, short) : compare(short, rest);
  if (matched !== 'exact' || !short.some((segment) => !isParameter(segment))) return null;
  const prefix = `/${extra.join('/')}`;
  if (!isBasePath(extra) && !sharedPrefixes.has(prefix)) return null;
  const where = a.length > b.length ? 'the code does not have' : 'only the code has';
  return { score: 0.9 - 0.02 * extra.length, why: `same path below ${prefix}, which ${where}` };
}

/** Prefixes that most of the routes begin with. */
export function findSharedPrefixes(paths: readonly string[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const segments = segmentsOf(path).slice(0, MAX_BASE_SEGMENTS);
    for (let length = 1; length <= segments.length; length++) {
      if (isParameter(segments[length - 1] ?? '')) break;
      const prefix = `/${segments.slice(0, length).join('/')}`;
      counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
    }
  }
  const shared = [...counts].filter(([, count]) => count >= 3 && count >= paths.length * 0.6);
  return new Set(shared.map(([prefix]) => prefix));
}

function segmentsOf(path: string): string[] {
  const bare = path.replace(/^[a-z]+:\/\/[^/]+/i, '').replace(/[?#].*$/, '');
  return bare.split('/').filter((segment) => segment !== '');
}

function isParameter(segment: string): boolean {
  return /[{}*]/.test(segment) || segment.startsWith(':');
}

/** `fits`: a value stands where the route has a parameter. */
function compare(wanted: readonly string[], route: readonly string[]): 'exact' | 'fits' | null {
  if (wanted.length !== route.length) return null;
  let fits = false;
  for (const [index, segment] of wanted.entries()) {
    const other = route[index] ?? '';
    if (VERSION_PARAMETER.test(other) && VERSION.test(segment)) continue;
    if (isParameter(segment) && isParameter(other)) {
      if (shapeOf(segment) !== shapeOf(other)) return null;
    } else if (isParameter(other) && looksLikeValue(segment)) fits = true;
    else if (segment !== other) return null;
  }
  return fits ? 'fits' : 'exact';
}

/** Text around the parameters of a segment, such as `.json` in `{id}.json`. */
function shapeOf(segment: string): string {
  // `{id}:cancel` is a verb of its own behind the parameter.
  return segment.replace(/\{[^}]*\}|(?<!\}):\w+|\*+\w*/g, '*');
}

/** `42`, a UUID, an address: what a caller would put for a parameter, unlike a word that names a resource. */
function looksLikeValue(segment: string): boolean {
  return /\d|@/.test(segment) && !/^v\d+$/.test(segment);
}

function isBasePath(segments: readonly string[]): boolean {
  return segments.length <= MAX_BASE_SEGMENTS && segments.every(isBaseSegment);
}

function isBaseSegment(segment: string): boolean {
  return BASE_SEGMENT.test(segment) || VERSION_PARAMETER.test(segment);
}
