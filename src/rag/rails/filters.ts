import type { CodeRange } from '../../types-code.ts';
import { positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import type { Entity } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';

type ClassEntity = Entity & { readonly kind: 'instance' | 'symbol' };

const FILTERS = /^(prepend_|append_)?(before|around|after)_action$/;
const SKIPS = /^skip_(before|around|after)_action$/;
const MAX_DEPTH = 8;

interface Filter {
  readonly name: string;
  readonly isSkipped: boolean;
}

/** Methods that Rails calls around the actions in `range`: those of `before_action` and its like, inherited ones too. */
export function listFilters(range: CodeRange, resolver: Resolver): readonly (Entity & { kind: 'symbol' })[] {
  const facts = resolver.program.files.get(range.file);
  if (facts?.language !== 'ruby') return [];
  return facts.symbols.flatMap((symbol) => {
    if (symbol.kind !== 'method' || symbol.startLine < range.startLine || symbol.endLine > range.endLine)
      return [];
    const index = resolver.program.classAround({ file: range.file, scope: symbol.inScope });
    if (index === null) return [];
    const owner: ClassEntity = { kind: 'instance', file: range.file, index };
    const filters = filtersOf(owner, symbol.name, resolver, 0);
    const skipped = new Set(filters.filter((filter) => filter.isSkipped).map((filter) => filter.name));
    const names = new Set(filters.filter(({ name }) => !skipped.has(name)).map((filter) => filter.name));
    return [...names].flatMap((name) =>
      resolver.types.member(owner, name).filter((entity) => entity.kind === 'symbol'),
    );
  });
}

/** Filters of the bases come first, as Rails runs them. */
function filtersOf(owner: ClassEntity, action: string, resolver: Resolver, depth: number): readonly Filter[] {
  if (depth > MAX_DEPTH) return [];
  const { program, types } = resolver;
  const inherited = types.basesOf(owner).flatMap((base) => [...filtersOf(base, action, resolver, depth + 1)]);
  const { scope } = program.symbol(owner);
  const facts = program.facts(owner.file);
  const own = facts.calls.flatMap(({ scope: at, call }): Filter[] => {
    // A concern states them inside `included do`.
    const isOwn = at === scope || (facts.scopes[at]?.parent === scope && facts.scopes[at]?.symbol === null);
    const name = isOwn && call.callee.kind === 'name' ? call.callee.name : '';
    const isSkipped = SKIPS.test(name);
    if ((!isSkipped && !FILTERS.test(name)) || !holdsFor(call, action)) return [];
    return positional(call).flatMap((given) =>
      given.kind === 'string' ? [{ name: given.value, isSkipped }] : [],
    );
  });
  return [...inherited, ...own];
}

function holdsFor(call: CallExpression, action: string): boolean {
  const option = (name: string) => call.args.find((argument) => argument.name === name)?.value ?? null;
  const [only, except] = [option('only'), option('except')];
  return (
    (only === null || namesIn(only).includes(action)) &&
    (except === null || !namesIn(except).includes(action))
  );
}

function namesIn(expression: Expression): readonly string[] {
  if (expression.kind === 'string') return [expression.value];
  return expression.kind === 'list' ? expression.items.flatMap((item) => [...namesIn(item)]) : [];
}
