import { afterAll, describe, expect, test } from 'vitest';
import type { CodeIndex } from '../../src/rag/code-index.ts';
import type { HttpMethod } from '../../src/types.ts';
import { EXPECTED_ROUTES } from './helpers/expected-routes.ts';
import { describeRoutes, fixture, indexFolder } from './helpers/index-fixture.ts';

const open: CodeIndex[] = [];
afterAll(() => {
  for (const index of open) index.close();
});

describe.each(Object.entries(EXPECTED_ROUTES))('%s', (framework, { routes, absent }) => {
  test('exactly the routes of the application are found, with their handlers', async () => {
    const index = await indexFolder(fixture(framework));
    open.push(index);
    expect(describeRoutes(index.routes)).toEqual([...routes].sort());
  });

  test('an operation that no code answers has no handler', async () => {
    const index = await indexFolder(fixture(framework));
    open.push(index);
    const [method = '', path = ''] = absent.split(' ');
    expect(index.findHandlers({ method: method as HttpMethod, path, operationId: null })).toEqual([]);
  });

  test('each route is the first answer to its own method and path', async () => {
    const index = await indexFolder(fixture(framework));
    open.push(index);
    for (const route of index.routes) {
      const method = route.method === 'ANY' ? 'GET' : route.method;
      const [best] = index.findHandlers({ method, path: route.path, operationId: null });
      expect(best?.route.handler).toEqual(route.handler);
    }
  });
});
