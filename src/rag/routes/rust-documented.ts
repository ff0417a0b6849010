import type { HttpMethod } from '../../types.ts';
import type { Route } from '../../types-code.ts';
import { keyword, lastName, positional } from '../expressions.ts';
import type { CallExpression, Expression, SymbolFact } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

/** What an attribute says that its function answers. */
interface Said {
  readonly methods: readonly (HttpMethod | 'ANY')[];
  readonly path: Expression | null;
  readonly below: Expression | null;
  readonly operationId: Expression | null;
}

/**
 * Rust functions whose attribute names method and path: dropshot's `#[endpoint { method = GET, path = "/orders" }]`, also
 * on the trait that an API is, poem-openapi's `#[oai(path = "/orders", method = "get")]`, and utoipa's
 * `#[utoipa::path(get, path = "/orders")]` where no framework's own routes lead to the function, as in warp.
 */
export default defineRouteFinder({
  framework: 'rust-documented',
  find(resolver, before) {
    const known = new Set(before.map(({ handler }) => `${handler.file}:${handler.startLine}`));
    return resolver.program.filesOf('rust').flatMap(([file, facts]) =>
      facts.symbols.flatMap((symbol, index) => {
        if (known.has(`${file}:${symbol.startLine}`)) return [];
        const place = { file, scope: symbol.inScope };
        return symbol.decorators.flatMap((attribute) => {
          const said = attribute.kind === 'call' ? readAttribute(attribute) : null;
          return said === null ? [] : routesOf(said, symbol, { ...place, index }, resolver);
        });
      }),
    );
  },
});

function readAttribute(attribute: CallExpression): Said | null {
  const name = lastName(attribute.callee) ?? '';
  const path = keyword(attribute, 'path');
  const operationId = keyword(attribute, 'operation_id');
  if (name === 'oai' || name === 'endpoint') {
    const verb = keyword(attribute, 'method');
    const text = verb?.kind === 'string' ? verb.value : verb === null ? '' : (lastName(verb) ?? '');
    const method = methodOf(text);
    if (method === null || path === null) return null;
    return { methods: [method], path, below: null, operationId };
  }
  if (name !== 'path') return null;
  const methods = positional(attribute).flatMap((item) =>
    item.kind === 'name' ? (methodOf(item.name) ?? []) : [],
  );
  return { methods, path, below: keyword(attribute, 'context_path'), operationId };
}

function routesOf(
  { methods, path, below, operationId }: Said,
  symbol: SymbolFact,
  at: Place & { readonly index: number },
  resolver: Resolver,
): Route[] {
  const text = constantOf(path, at, resolver);
  if (text === null) return [];
  const prefix = constantOf(below, at, resolver) ?? '';
  const declaredAt = { file: at.file, startLine: symbol.startLine, endLine: symbol.endLine };
  const { file, fact } = findImplementing(symbol, at, resolver);
  return methods.map((method) => ({
    framework: 'rust-documented',
    method,
    path: toTemplate(joinPaths(prefix, text), 'colon-or-braces'),
    operationId: constantOf(operationId, at, resolver) ?? symbol.name,
    handler: { file, startLine: fact.startLine, endLine: fact.endLine },
    handlerName: fact.name,
    declaredAt,
  }));
}

const DOUBLE = /(^|[/_-])(tests?|mocks?|fakes?)([/_-]|$)/;

/** The method that answers behind one of a trait: that of the only type which implements it, else the trait's own. */
function findImplementing(symbol: SymbolFact, { file }: Place, { program }: Resolver) {
  const own = { file, fact: symbol };
  const isOfTrait = program
    .facts(file)
    .symbols.some(({ kind, scope }) => kind === 'interface' && scope === symbol.inScope);
  if (!isOfTrait) return own;
  const trait = symbol.parent.split('.').at(-1);
  const others = program.symbolsNamed(symbol.name).flatMap((one) => {
    const fact = program.symbol(one);
    const implementsIt = program
      .facts(one.file)
      .symbols.some(
        ({ name, bases }) => name === fact.parent && bases.some((base) => lastName(base) === trait),
      );
    return fact.kind === 'method' && implementsIt ? [{ file: one.file, fact }] : [];
  });
  const real = others.filter(({ file: of }) => !DOUBLE.test(of));
  const [only, ...more] = real.length > 0 ? real : others;
  return only !== undefined && more.length === 0 ? only : own;
}
