import type { CodeRange, Route } from '../../types-code.ts';

/**
 * Leaves out routes whose handler holds the place only because it holds the handler of another one that does: a view
 * set that inherits `list` answers by its whole class, but a place in its `create` is reached by POST alone.
 */
export function dropWiderHandlers(routes: readonly Route[], place: CodeRange): readonly Route[] {
  const holders = routes.filter(({ handler }) => holds(handler, place));
  return routes.filter(
    ({ handler }) => !holds(handler, place) || !holders.some((other) => isWithin(other.handler, handler)),
  );
}

function holds(range: CodeRange, place: CodeRange): boolean {
  return range.file === place.file && range.startLine <= place.startLine && place.endLine <= range.endLine;
}

function isWithin(inner: CodeRange, outer: CodeRange): boolean {
  return holds(outer, inner) && (inner.startLine > outer.startLine || inner.endLine < outer.endLine);
}
