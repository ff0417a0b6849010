import type { Notice } from '../types.ts';
import type { CodeRange, Route } from '../types-code.ts';
import { textOf } from './expressions.ts';
import type { Resolver } from './names/resolver.ts';
import type { RouteFinder } from './route-finder.ts';
import { routeFinders } from './routes/index.ts';

const TEST_FILE =
  /(^|\/)(__tests__|__mocks__|tests?|specs?|e2e)\/|[._](test|spec)\.[cm]?[jt]sx?$|(^|\/)(test_[^/]*|conftest)\.py$|_test\.(go|py)$|Tests?\.(java|cs)$/;

export interface FoundRoutes {
  /** By path, then by method; of two with one path the one that its framework asks first comes first. */
  readonly routes: readonly Route[];
  /** One for each framework whose routes could not be read, with why. */
  readonly unread: readonly Notice[];
}

/** Finds the routes of every framework. One that cannot be read leaves a notice, and the others their routes. */
export function findRoutes(resolver: Resolver, finders: readonly RouteFinder[] = routeFinders): FoundRoutes {
  const unread: Notice[] = [];
  const all: Route[] = [];
  for (const finder of finders) {
    try {
      for (const route of finder.find(resolver, all)) all.push(route);
    } catch (cause) {
      unread.push(tellUnread(finder.framework, cause));
    }
  }
  // Applications that tests put together answer no operation, unless there is nothing else.
  const real = all.filter(
    ({ handler, declaredAt }) =>
      !TEST_FILE.test(handler.file) && !TEST_FILE.test(declaredAt.file) && !isInTests(declaredAt, resolver),
  );
  const routes = real.length > 0 ? real : all;
  const distinct = new Map(
    routes.map((route) => [
      `${route.framework} ${route.method} ${route.path} ${route.handler.file}:${route.handler.startLine}`,
      route,
    ]),
  );
  // Of two routes with one path, the one that its framework asks first stays first.
  return {
    routes: [...distinct.values()].sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method)),
    unread,
  };
}

/** Whether code stands in what Rust compiles for tests only: `#[cfg(test)] mod tests`. */
function isInTests({ file, startLine, endLine }: CodeRange, { program }: Resolver): boolean {
  const facts = program.files.get(file);
  if (facts?.language !== 'rust') return false;
  return facts.symbols.some(
    (symbol) =>
      symbol.startLine <= startLine &&
      symbol.endLine >= endLine &&
      symbol.decorators.some((decorator) => /^cfg\(.*\btest\b/.test(textOf(decorator))),
  );
}

function tellUnread(framework: string, cause: unknown): Notice {
  const seen = cause instanceof Error ? cause.message : String(cause);
  return {
    where: `routes of ${framework}`,
    message: `they could not be read (${seen}), so no operation resolves to one of them; other frameworks are not touched. This is a defect of breakwater: report it with the code that declares these routes.`,
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
