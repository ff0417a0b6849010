import { expect, test } from 'vitest';
import { findRoutes } from '../../src/rag/find-routes.ts';
import { readManifests } from '../../src/rag/manifests/manifests.ts';
import { createModuleFinder } from '../../src/rag/modules/module-finder.ts';
import { Program } from '../../src/rag/names/program.ts';
import { Resolver } from '../../src/rag/names/resolver.ts';
import { defineRouteFinder } from '../../src/rag/route-finder.ts';
import { routeFinders } from '../../src/rag/routes/index.ts';
import type { Route } from '../../src/types-code.ts';

const resolver = new Resolver(new Program(new Map(), createModuleFinder([], readManifests(new Map()))));
const place = { file: 'src/app.js', startLine: 3, endLine: 5 };
const ROUTE: Route = {
  framework: 'koa',
  method: 'GET',
  path: '/orders',
  operationId: null,
  handler: place,
  handlerName: null,
  declaredAt: place,
};
const koa = defineRouteFinder({ framework: 'koa', find: () => [ROUTE, ROUTE] });
const broken = defineRouteFinder({
  framework: 'express',
  find: () => {
    throw new RangeError('Maximum call stack size exceeded');
  },
});

test('a framework that cannot be read leaves a notice, and the others their routes, each once', () => {
  expect(findRoutes(resolver, [broken, koa])).toEqual({
    routes: [ROUTE],
    unread: [
      {
        where: 'routes of express',
        message: expect.stringContaining('they could not be read (Maximum call stack size exceeded)'),
      },
    ],
  });
});

test('every framework can read a workspace without code', () => {
  expect(findRoutes(resolver, routeFinders)).toEqual({ routes: [], unread: [] });
});
