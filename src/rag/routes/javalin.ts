import type { HttpMethod } from '../../types.ts';
import type { Route } from '../../types-code.ts';
import { lastName, positional } from '../expressions.ts';
import type { CallExpression, Expression, FileFacts } from '../facts.ts';
import { findHandler, type Handler } from '../handlers.ts';
import { listPathGroups, pathTextOf, prefixesAt } from '../java-path-groups.ts';
import { constantOf } from '../names/constants.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

/** Methods of Javalin's `CrudHandler`, and whether their path ends with the parameter. */
const CRUD: readonly (readonly [string, HttpMethod, boolean])[] = [
  ['getAll', 'GET', false],
  ['create', 'POST', false],
  ['getOne', 'GET', true],
  ['update', 'PATCH', true],
  ['delete', 'DELETE', true],
];

/**
 * Javalin and Spark for Java: `app.get("/orders/{id}", OrderController::show)`, `path("orders", () -> { get(…); })`,
 * `crud("orders/{id}", controller)`.
 */
export default defineRouteFinder({
  framework: 'javalin',
  find(resolver) {
    const files = resolver.program.filesOf('java').flatMap(([file, facts]) => {
      const framework = frameworkOf(facts);
      return framework === null ? [] : [{ file, facts, framework }];
    });
    const groups = listPathGroups(files, resolver);
    return files.flatMap(({ file, facts, framework }) =>
      facts.calls.flatMap(({ scope, call }) => {
        const place = { file, scope };
        return readCall(call, place, resolver).flatMap(({ method, path, handler }) =>
          prefixesAt(place, groups, resolver).map(
            (prefix): Route => ({
              framework,
              method,
              path: templateOf(prefix, path),
              operationId: null,
              handler: handler.range,
              handlerName: handler.name,
              declaredAt: { file, startLine: call.line, endLine: call.endLine },
            }),
          ),
        );
      }),
    );
  },
});

function frameworkOf({ imports }: FileFacts): string | null {
  if (imports.some(({ module }) => module.startsWith('io.javalin'))) return 'javalin';
  return imports.some(({ module }) => /^spark(\.|$)/.test(module)) ? 'spark' : null;
}

/** Javalin's `<rest>` takes slashes too. */
function templateOf(prefix: string, path: string): string {
  return toTemplate(joinPaths(prefix, path), 'colon-or-braces').replace(/<(\w+)>/g, '{$1}');
}

interface Said {
  readonly method: HttpMethod | 'ANY';
  readonly path: string;
  readonly handler: Handler;
}

function readCall(call: CallExpression, place: Place, resolver: Resolver): Said[] {
  const name = lastName(call.callee) ?? '';
  const args = positional(call);
  if (name === 'crud') return readCrud(args, place, resolver);
  const method = /^[a-z]+$/.test(name) ? methodOf(name) : null;
  if (method === null || method === 'ANY') return [];
  const [first, ...rest] = args;
  const path = first === undefined ? null : pathTextOf(first, place, resolver);
  // Inside of a group a handler alone answers at its path; `map.get(key)` and `map.put(key, value)` are no routes.
  const isBare = path === null && call.callee.kind === 'name' && first !== undefined;
  if (path === null && !isBare) return [];
  const given = (isBare ? [first] : rest).filter((item) => isHandler(item, place, resolver));
  for (const item of given) {
    const handler = handlerOf(item, call, place, resolver);
    if (handler !== null) return [{ method, path: path ?? '', handler }];
  }
  return [];
}

/** A lambda, `this::show`, `new ShowOrder()`, or a variable that holds one. */
function isHandler(item: Expression, place: Place, resolver: Resolver): boolean {
  if (item.kind !== 'call') return /^(function|member|name)$/.test(item.kind);
  return (
    item.callee.kind === 'name' &&
    resolver
      .evaluate(item.callee, place)
      .some((entity) => entity.kind === 'symbol' && resolver.program.symbol(entity).kind === 'class')
  );
}

/** A class that implements `Handler` or `Route` answers in `handle`. */
function handlerOf(
  given: Expression,
  call: CallExpression,
  place: Place,
  resolver: Resolver,
): Handler | null {
  const found = findHandler([given], call, place, resolver);
  return found?.type === undefined ? found : methodOfClass(found.type, 'handle', resolver);
}

function methodOfClass(type: NonNullable<Handler['type']>, name: string, resolver: Resolver): Handler | null {
  for (const member of resolver.member({ ...type, kind: 'instance' }, name)) {
    if (member.kind !== 'symbol') continue;
    const { startLine, endLine } = resolver.program.symbol(member);
    return { name, range: { file: member.file, startLine, endLine } };
  }
  return null;
}

function readCrud([first, second]: readonly Expression[], place: Place, resolver: Resolver): Said[] {
  const path = constantOf(first ?? null, place, resolver);
  const found = second === undefined ? [] : resolver.evaluate(second, place);
  const types = found.flatMap((entity) => [...resolver.types.of(entity)]);
  if (path === null) return [];
  return types.flatMap((type) =>
    CRUD.flatMap(([name, method, isOne]): Said[] => {
      const handler = methodOfClass({ ...type, kind: 'symbol' }, name, resolver);
      return handler === null
        ? []
        : [{ method, path: isOne ? path : path.replace(/\/?[^/]*$/, ''), handler }];
    }),
  );
}
