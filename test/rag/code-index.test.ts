import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import type { CodeIndex } from '../../src/rag/code-index.ts';
import { buildContext } from '../../src/rag/context.ts';
import type { CodeRange } from '../../src/types-code.ts';
import { makeSharedFolder } from '../helpers/temp-folder.ts';
import { fixture, indexFolder } from './helpers/index-fixture.ts';

const state = await makeSharedFolder();
let fastapi: CodeIndex;
let express: CodeIndex;
beforeAll(async () => {
  fastapi = await indexFolder(fixture('fastapi'), join(state, 'fastapi'));
  express = await indexFolder(fixture('express'), join(state, 'express'));
});
afterAll(() => {
  fastapi.close();
  express.close();
});

function handlerOf(index: CodeIndex, method: 'GET' | 'POST', path: string): CodeRange {
  return index.findHandlers({ method, path, operationId: null })[0]!.route.handler;
}

describe('finding the handler', () => {
  test("FastAPI's own operation id finds the handler without a path", () => {
    const id = 'read_order_api_v1_orders__order_id__get';
    const [best, second] = fastapi.findHandlers({ method: null, path: null, operationId: id });
    expect([best?.route.handlerName, second]).toEqual(['read_order', undefined]);
  });

  test('a base path that the document leaves out does not matter', () => {
    const matches = fastapi.findHandlers({ method: 'GET', path: '/orders/{id}', operationId: null });
    expect(matches.map((match) => match.route.handlerName)).toEqual(['read_order']);
    expect(matches[0]!.why).toContain('only the code has');
  });

  test('a prefix that names a resource is not taken for a base path', () => {
    expect(fastapi.findHandlers({ method: 'GET', path: '/report', operationId: null })).toEqual([]);
  });

  test('a value in place of a parameter finds the handler with less confidence', () => {
    const [exact] = express.findHandlers({ method: 'GET', path: '/api/orders/{id}', operationId: null });
    const [fits] = express.findHandlers({ method: 'GET', path: '/api/orders/42', operationId: null });
    expect(fits!.route).toEqual(exact!.route);
    expect(fits!.confidence).toBeLessThan(exact!.confidence);
  });

  test('another method of the same path is no answer', () => {
    expect(express.findHandlers({ method: 'PATCH', path: '/api/orders/{id}', operationId: null })).toEqual(
      [],
    );
  });
});

describe('what a handler depends on', () => {
  test('callees are found through Depends, aliases of types and injected services', () => {
    const symbols = fastapi.findCallees(handlerOf(fastapi, 'POST', '/api/v1/orders/'), 1);
    expect(symbols.map((symbol) => [symbol.file, symbol.parent, symbol.name])).toEqual([
      ['shop/services.py', 'PaymentService', 'charge'],
      ['shop/deps.py', '', 'get_current_user'],
      ['shop/services.py', '', 'get_payments'],
    ]);
  });

  test('an inline handler reaches its middleware and, in two steps, the service', () => {
    const handler = handlerOf(express, 'GET', '/api/orders/{id}');
    const names = express.findCallees(handler, 2).map((symbol) => symbol.name);
    expect(names).toContain('authenticate');
    expect(names).toContain('findOrders');
  });

  test('a place is reached from the routes that call it and from no other', () => {
    const [charge] = express.listSymbols({ name: 'charge' });
    const routes = express.findReachingRoutes(charge!, 3);
    expect(routes.map((route) => `${route.method} ${route.path}`)).toEqual(['POST /api/orders/']);
  });

  test('clients are listed where they are configured, with limits and locked versions', () => {
    const [charge] = express.listSymbols({ name: 'charge' });
    expect(express.listClients(charge!)).toEqual([
      {
        file: 'src/services/orders.js',
        startLine: 5,
        endLine: 5,
        library: 'axios',
        version: '1.7.7',
        call: 'axios.create({ baseURL: "http://payments", timeout: 3000 })',
        timeout: 'timeout: 3000',
      },
    ]);
  });

  test('a client without a limit says so', () => {
    const engine = fastapi.listClients(null).find((use) => use.library === 'sqlalchemy');
    expect(engine).toMatchObject({ version: '2.0.36', timeout: 'pool_size=5, pool_timeout=10' });
    const [call] = fastapi.listClients(null).filter((use) => use.library === 'httpx');
    expect(call).toMatchObject({ version: '0.27.2', timeout: 'timeout=5.0' });
  });

  test('the context holds the handler first, then its callees, within the budget', async () => {
    const handler = handlerOf(fastapi, 'POST', '/api/v1/orders/');
    const context = await buildContext(fastapi, handler, { depth: 2, budgetTokens: 2000 });
    expect(context.pieces[0]).toMatchObject({ role: 'handler', symbol: 'create_order', startLine: 16 });
    expect(context.pieces.map((piece) => piece.symbol)).toContain('PaymentService.charge');
    expect(context.clients.map((use) => use.library)).toEqual(['httpx']);
    expect(context.leftOut).toEqual([]);
  });

  test('what does not fit the budget is named, and the budget is kept', async () => {
    const handler = handlerOf(fastapi, 'POST', '/api/v1/orders/');
    const context = await buildContext(fastapi, handler, { depth: 2, budgetTokens: 60 });
    expect(context.tokens).toBeLessThanOrEqual(60);
    expect(context.leftOut.length).toBeGreaterThan(0);
  });
});

describe('a handler longer than the budget', () => {
  test('is shown by its first lines, and says which they are', async () => {
    const handler = handlerOf(fastapi, 'POST', '/api/v1/orders/');
    const context = await buildContext(fastapi, handler, { depth: 0, budgetTokens: 30 });
    const [piece] = context.pieces;
    const lines = (piece?.text ?? '').split('\n');
    expect(piece?.endLine).toBe((piece?.startLine ?? 0) + lines.length - 1);
    const whole = (await fastapi.readText(piece?.file ?? '')).split('\n');
    expect(lines).toEqual(whole.slice((piece?.startLine ?? 0) - 1, piece?.endLine));
    expect(piece?.endLine).toBeLessThan(handler.endLine);
  });
});

describe('search', () => {
  test.each(['getCurrentUser', 'get_current_user', 'current user'])('%s finds get_current_user', (query) => {
    expect(fastapi.search(query, { limit: 3 }).hits[0]).toMatchObject({
      file: 'shop/deps.py',
      symbol: 'get_current_user',
    });
  });

  test.each(['AND', 'a-b', 'x:y', '*', '"', "'); DROP TABLE", ''])('%s is searched for as text', (query) => {
    expect(() => fastapi.search(query, { limit: 3 })).not.toThrow();
  });

  test('pages do not overlap and end', () => {
    const first = express.search('orders', { limit: 2 });
    const second = express.search('orders', { limit: 50, cursor: first.nextCursor! });
    const places = [...first.hits, ...second.hits].map((hit) => `${hit.file}:${hit.startLine}`);
    expect(new Set(places).size).toBe(places.length);
    expect(second.nextCursor).toBeNull();
  });

  test('a path limits the search to that folder', () => {
    const { hits } = express.search('orders', { limit: 20, path: 'src/services' });
    expect(hits.map((hit) => hit.file)).toEqual([
      'src/services/orders.js',
      'src/services/orders.js',
      'src/services/orders.js',
    ]);
  });
});

describe('texts and symbols', () => {
  test('a path that leads out of the root is refused', async () => {
    await expect(fastapi.readText('../express/package.json')).rejects.toMatchObject({
      code: 'PATH_NOT_ALLOWED',
    });
  });

  test('a file that is not there is not found', async () => {
    const error = await fastapi.readText('shop/none.py').catch((seen: unknown) => seen);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('the innermost symbol encloses a line', () => {
    const place = { file: 'shop/services.py', startLine: 12, endLine: 12 };
    expect(fastapi.enclosingSymbol(place)).toMatchObject({
      name: 'charge',
      parent: 'PaymentService',
      kind: 'method',
    });
    expect(fastapi.enclosingSymbol({ ...place, startLine: 3, endLine: 3 })).toBeNull();
  });
});
