import { expect, test } from 'vitest';
import { dropWiderHandlers } from '../../../src/review/reach/narrow-routes.ts';
import type { Route } from '../../../src/types-code.ts';

const route = (method: Route['method'], startLine: number, endLine: number, file = 'views.py'): Route => ({
  framework: 'django',
  method,
  path: '/orders',
  operationId: null,
  handler: { file, startLine, endLine },
  handlerName: null,
  declaredAt: { file: 'urls.py', startLine: 1, endLine: 1 },
});
const methodsAt = (routes: readonly Route[], line: number) =>
  dropWiderHandlers(routes, { file: 'views.py', startLine: line, endLine: line }).map(({ method }) => method);

test('a place in a method is not reached by what the whole class answers', () => {
  expect(methodsAt([route('GET', 1, 40), route('POST', 10, 20)], 15)).toEqual(['POST']);
});

test('a place beside the methods with routes is reached by what the whole class answers', () => {
  expect(methodsAt([route('GET', 1, 40), route('POST', 10, 20)], 30)).toEqual(['GET', 'POST']);
});

test('two routes with the same handler both reach what it holds', () => {
  expect(methodsAt([route('GET', 10, 20), route('POST', 10, 20)], 15)).toEqual(['GET', 'POST']);
});

test('a handler of another file stays, whatever its lines', () => {
  expect(methodsAt([route('GET', 1, 40, 'other.py'), route('POST', 10, 20)], 15)).toEqual(['GET', 'POST']);
});
