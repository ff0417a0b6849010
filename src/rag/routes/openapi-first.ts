import type { Route } from '../../types-code.ts';
import {
  findImplementation,
  listGoImplementers,
  listJavaImplementers,
  plainName,
} from '../contracts/implementers.ts';
import { type DocumentedOperation, listDocumented } from '../contracts/openapi-operations.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder } from '../route-finder.ts';

/** A type that has this share of a document's operations is taken for the one that answers them. */
const MIN_SHARE = 0.5;

/** Servers whose paths stand in a document only: the build makes the interface, the workspace has its implementation. */
export default defineRouteFinder({
  framework: 'openapi-first',
  find: (resolver) => {
    const java = listJavaImplementers(resolver);
    const go = listGoImplementers(resolver);
    if (java.length + go.length === 0) return [];
    const { texts } = resolver.program.modules;
    return [...texts.keys()].flatMap((file) => {
      if (!/\.(ya?ml|json)$/.test(file)) return [];
      const operations = listDocumented(file, texts);
      const whole = go.filter(({ methods }) => {
        const had = operations.filter(({ operationId }) => methods.has(plainName(operationId)));
        return had.length > 0 && had.length >= operations.length * MIN_SHARE;
      });
      return operations.flatMap((operation) => {
        const found = findImplementation(operation, [...java, ...whole], file);
        return found === null ? [] : [routeOf(operation, found, resolver)];
      });
    });
  },
});

function routeOf(
  { method, path, operationId }: DocumentedOperation,
  at: { readonly file: string; readonly index: number },
  resolver: Resolver,
): Route {
  const { name, startLine, endLine } = resolver.program.symbol(at);
  const handler = { file: at.file, startLine, endLine };
  return {
    framework: 'openapi-first',
    method,
    path,
    operationId,
    handler,
    handlerName: name,
    declaredAt: handler,
  };
}
