import { expect, test } from 'vitest';
import { findHandlers } from '../../src/rag/find-handlers.ts';
import type { Route } from '../../src/types-code.ts';

function route(method: Route['method'], path: string, line: number, more: Partial<Route> = {}): Route {
  const range = { file: 'app.rb', startLine: line, endLine: line };
  return {
    framework: 'rails',
    method,
    path,
    operationId: null,
    handler: range,
    handlerName: null,
    declaredAt: range,
    ...more,
  };
}

const linesOf = (query: Partial<Parameters<typeof findHandlers>[0]>, routes: readonly Route[]) =>
  findHandlers({ method: null, path: null, operationId: null, ...query }, routes).map(
    ({ route: { handler } }) => handler.startLine,
  );

test('a name that several handlers have names none of them where the path is another', () => {
  const routes = [
    route('GET', '/orders', 1, { handlerName: 'index', operationId: 'orders.index' }),
    route('GET', '/users', 2, { handlerName: 'index', operationId: 'users.index' }),
  ];
  expect(linesOf({ method: 'GET', path: '/elsewhere', operationId: 'index' }, routes)).toEqual([]);
  expect(linesOf({ method: 'GET', path: '/elsewhere', operationId: 'users.index' }, routes)).toEqual([2]);
});
