import type { HttpMethod } from '../../types.ts';
import type { Route } from '../../types-code.ts';
import { lastName, positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { findHandler, type Handler } from '../handlers.ts';
import { constantOf } from '../names/constants.ts';
import type { Place } from '../names/entity.ts';
import { scopeOf } from '../names/lookups.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';
import { springBasePath } from '../spring-settings.ts';

const MAX_DEPTH = 40;

/** What a request predicate asks for; `null`: nothing of that. */
interface Predicate {
  readonly method: HttpMethod | null;
  readonly path: string | null;
}

/** Spring's functional routes, of WebFlux and of MVC: `route().GET(path, handler::m)`, `nest`, `path`, `andRoute`. */
export default defineRouteFinder({
  framework: 'spring-functional',
  find: (resolver) => {
    const finder = new FunctionalRoutes(resolver);
    const roots = resolver.program.filesOf('java').flatMap(([file, facts]) => {
      return facts.scopes.flatMap(({ returnType }, scope) =>
        returnType !== null && nameOfType(returnType) === 'RouterFunction' ? [{ file, scope }] : [],
      );
    });
    const found = roots.map((root) => ({ root, routes: finder.ofFunction(root, '', 0) }));
    // What another function hangs below a prefix is no root of its own.
    return found
      .filter(({ root }) => !finder.hung.has(`${root.file}:${root.scope}`))
      .flatMap(({ root, routes }) => {
        const base = springBasePath(root.file, resolver.program.modules.texts);
        return routes.map((route) => ({ ...route, path: joinPaths(base, route.path) }));
      });
  },
});

class FunctionalRoutes {
  /** Functions whose routes another one takes. */
  readonly hung = new Set<string>();
  readonly #resolver: Resolver;

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
  }

  ofFunction(place: Place, prefix: string, depth: number): Route[] {
    const returns = this.#resolver.program.facts(place.file).scopes[place.scope]?.returns ?? [];
    return returns.flatMap((value) => this.#walk(value, place, prefix, depth));
  }

  #walk(expression: Expression, place: Place, prefix: string, depth: number): Route[] {
    if (depth > MAX_DEPTH) return [];
    if (expression.kind === 'function') return this.#ofLambda(expression.scope, place, prefix, depth);
    if (expression.kind !== 'call') return this.#ofName(expression, place, prefix, depth);
    const { callee } = expression;
    const before = callee.kind === 'member' ? this.#walk(callee.of, place, prefix, depth + 1) : [];
    return [...before, ...this.#said(expression, place, prefix, depth)];
  }

  #said(call: CallExpression, place: Place, prefix: string, depth: number): Route[] {
    const name = lastName(call.callee) ?? '';
    const args = positional(call);
    const [first, second] = args;
    if (/^(route|andRoute)$/.test(name) && first !== undefined && second !== undefined) {
      return this.#route(this.#predicate(first, place), second, call, place, prefix);
    }
    if (/^(nest|andNest|path)$/.test(name) && first !== undefined && second !== undefined) {
      const below = this.#predicate(first, place).path ?? '';
      return this.#walk(second, place, [prefix, below].filter((part) => part !== '').join('/'), depth + 1);
    }
    if (/^(and|add|andOther)$/.test(name) && first !== undefined) {
      return this.#walk(first, place, prefix, depth + 1);
    }
    const method = /^[A-Z]+$/.test(name) ? methodOf(name) : null;
    const last = args.at(-1);
    if (method !== null && method !== 'ANY' && last !== undefined && args.length > 0) {
      const path = args.length > 1 && first !== undefined ? constantOf(first, place, this.#resolver) : '';
      return this.#route({ method, path }, last, call, place, prefix);
    }
    return this.#ofCalled(call, place, prefix, depth);
  }

  /** A function of the workspace that gives routes. */
  #ofCalled(call: CallExpression, place: Place, prefix: string, depth: number): Route[] {
    return this.#resolver.evaluate(call.callee, place).flatMap((target) => {
      const scope = scopeOf(target, this.#resolver.program);
      if (scope === null) return [];
      this.hung.add(`${scope.file}:${scope.scope}`);
      return this.ofFunction(scope, prefix, depth + 1);
    });
  }

  /** A variable, or `this::orders`. */
  #ofName(expression: Expression, place: Place, prefix: string, depth: number): Route[] {
    if (expression.kind !== 'name' && expression.kind !== 'member') return [];
    return this.#resolver.evaluate(expression, place).flatMap((entity) => {
      if (entity.kind === 'value') return this.#walk(entity.value, entity, prefix, depth + 1);
      const scope = scopeOf(entity, this.#resolver.program);
      if (scope === null) return [];
      this.hung.add(`${scope.file}:${scope.scope}`);
      return this.ofFunction(scope, prefix, depth + 1);
    });
  }

  /** `builder -> builder.GET(…)` and `() -> route(…)`. */
  #ofLambda(scope: number, place: Place, prefix: string, depth: number): Route[] {
    const at = { file: place.file, scope };
    const { statements } = this.#resolver.program.facts(place.file);
    const own = statements.filter((statement) => statement.scope === scope);
    const routes = own.flatMap(({ value }) => this.#walk(value, at, prefix, depth + 1));
    return [...routes, ...this.ofFunction(at, prefix, depth + 1)];
  }

  /** `GET("/x").and(accept(JSON))`, `method(HttpMethod.GET).and(path("/x"))`, or a path alone. */
  #predicate(expression: Expression, place: Place): Predicate {
    if (expression.kind !== 'call')
      return { method: null, path: constantOf(expression, place, this.#resolver) };
    const name = lastName(expression.callee) ?? '';
    const [first = null] = positional(expression);
    if (name === 'and' && expression.callee.kind === 'member' && first !== null) {
      const [left, right] = [this.#predicate(expression.callee.of, place), this.#predicate(first, place)];
      return { method: left.method ?? right.method, path: left.path ?? right.path };
    }
    if (name === 'method')
      return { method: verbOf(first === null ? '' : (lastName(first) ?? '')), path: null };
    const isPath = name === 'path' || verbOf(name) !== null;
    return { method: verbOf(name), path: isPath ? constantOf(first, place, this.#resolver) : null };
  }

  /** A lambda is shown by itself: the chain that it stands in begins far above. */
  #handler(handler: Expression, call: CallExpression, place: Place): Handler | null {
    if (handler.kind !== 'function') return findHandler([handler], call, place, this.#resolver);
    const scope = this.#resolver.program.facts(place.file).scopes[handler.scope];
    if (scope === undefined) return null;
    const { startLine, endLine } = scope;
    return { name: null, range: { file: place.file, startLine, endLine } };
  }

  #route(
    { method, path }: Predicate,
    handler: Expression,
    call: CallExpression,
    place: Place,
    prefix: string,
  ): Route[] {
    if (path === null) return [];
    const found = this.#handler(handler, call, place);
    if (found === null) return [];
    return [
      {
        framework: 'spring-functional',
        method: method ?? 'ANY',
        path: toTemplate(joinPaths(prefix, path), 'braces'),
        operationId: null,
        handler: found.range,
        handlerName: found.name,
        declaredAt: { file: place.file, startLine: call.line, endLine: call.endLine },
      },
    ];
  }
}

function verbOf(name: string): HttpMethod | null {
  const method = /^[A-Z]+$/.test(name) ? methodOf(name) : null;
  return method === 'ANY' ? null : method;
}

function nameOfType(type: Expression): string | null {
  return type.kind === 'index' ? lastName(type.of) : lastName(type);
}
