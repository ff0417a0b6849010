import { expect, test } from 'vitest';
import { findByCallees } from '../../src/rag/callee-ids.ts';
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

test('a version that the code takes as a parameter answers a version in the path, or none', () => {
  const routes = [route('GET', '/{version}/orders/{id}', 1), route('GET', '/{shop}/users/{id}', 2)];
  expect(linesOf({ method: 'GET', path: '/v2/orders/{order_id}' }, routes)).toEqual([1]);
  expect(linesOf({ method: 'GET', path: '/orders/{order_id}' }, routes)).toEqual([1]);
  expect(linesOf({ method: 'GET', path: '/v2/users/{id}' }, routes)).toEqual([]);
  expect(linesOf({ method: 'GET', path: '/users/{id}' }, routes)).toEqual([]);
});

test('an id alone names the one handler in place that calls a function of its name', () => {
  const routes = [
    route('POST', '/users', 1),
    route('PUT', '/users', 2),
    route('POST', '/both', 3, { handlerName: 'x' }),
  ];
  const callees = new Map([
    [1, ['create_user', 'log']],
    [2, ['updateUser', 'log']],
    [3, ['createUser']],
  ]);
  const linesFor = (id: string) =>
    findByCallees(id, routes, ({ handler }) => callees.get(handler.startLine) ?? []).map(
      (match) => match.route.handler.startLine,
    );
  expect(linesFor('CreateUser')).toEqual([1]);
  expect(linesFor('log')).toEqual([]);
  expect(linesFor('deleteUser')).toEqual([]);
});
