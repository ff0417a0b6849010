import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CodeIndex } from '../../src/rag/code-index.ts';
import { textOf } from '../../src/rag/expressions.ts';
import { readFacts } from '../../src/rag/read-facts.ts';
import { makeSharedFolder } from '../helpers/temp-folder.ts';
import { expressionsOf, symbolsOf } from './helpers/facts-of.ts';
import { fixture, indexFolder } from './helpers/index-fixture.ts';

describe('reading', () => {
  test('classes, traits, interfaces, enums and functions are symbols, attributes included in their lines', async () => {
    const text = [
      '<?php',
      'namespace Shop;',
      'class Order extends Base {',
      '  /** Doc. */',
      "  #[Route('/x')]",
      '  public function total() { return $this->repo->sum(tax(1)); }',
      '}',
      'trait Priced { function price() {} }',
      'interface Sold {}',
      'enum State { case Open; function next() {} }',
      'function tax($x) { return $x; }',
    ].join('\n');
    expect(await symbolsOf('php', text)).toEqual([
      'class Order 3-7',
      'method Order.total 5-6',
      'class Priced 8-8',
      'method Priced.price 8-8',
      'interface Sold 9-9',
      'class State 10-10',
      'method State.next 10-10',
      'function tax 11-11',
    ]);
    expect(await expressionsOf('php', text)).toEqual(['$this.repo.sum', 'tax']);
  });

  test('names of classes are given in full', async () => {
    const text = [
      '<?php',
      'namespace App\\Http;',
      'use App\\Services\\{Orders, Payments as Pay};',
      'use function App\\helper;',
      'use Lib\\Models;',
      'class A extends Controller implements \\Countable {',
      '  function f() { new Orders; new Pay(); new Local(); new Models\\User; helper(); strlen(""); \\App\\boot(); }',
      '}',
    ].join('\n');
    const { symbols } = await readFacts('php', text);
    expect(symbols[0]?.bases.map(textOf)).toEqual(['App\\Http\\Controller', 'Countable']);
    expect(await expressionsOf('php', text)).toEqual([
      'App\\Http\\Local',
      'App\\Services\\Orders',
      'App\\Services\\Payments',
      'App\\boot',
      'App\\helper',
      'Lib\\Models\\User',
      'strlen',
    ]);
  });

  test('promoted parameters and properties have their types', async () => {
    const text =
      '<?php\nclass A {\n  private ?B $b = null;\n  function __construct(private C $c, D $d) {}\n}\n';
    const { bindings } = await readFacts('php', text);
    expect(bindings.map(({ name, type }) => [name, type === null ? null : textOf(type)])).toEqual([
      ['b', 'B'],
      ['c', 'C'],
    ]);
  });

  test('broken code gives what can be read', async () => {
    const symbols = await symbolsOf(
      'php',
      '<?php\nclass A { function ok() {} function broken( { }\nclass B {}\n',
    );
    expect(symbols.join()).toContain('ok');
  });
});

const state = await makeSharedFolder();

describe('what an action depends on', () => {
  let laravel: CodeIndex;
  beforeAll(async () => {
    laravel = await indexFolder(fixture('laravel'), state);
  });
  afterAll(() => laravel.close());

  function reached(method: 'GET' | 'POST', path: string): string[] {
    const [best] = laravel.findHandlers({ method, path, operationId: null });
    return laravel.findCallees(best!.route.handler, 2).map(({ parent, name }) => `${parent}#${name}`);
  }

  test('what a constructor is injected with is followed', () => {
    expect(reached('POST', '/api/v1/orders/{id}/pay')).toEqual([
      'PaymentService#charge',
      '#Order',
      'PaymentService#decode',
    ]);
  });

  test('what the container is asked for by its class is followed', () => {
    expect(reached('GET', '/api/v1/ping')).toContain('Weather#today');
  });

  test('a job that is dispatched is followed to what it does, models to their class', () => {
    expect(reached('POST', '/api/v1/orders')).toEqual(['#Order', 'ShipOrder#handle']);
  });

  test('the id outweighs a base path that the document leaves out, where the code has both paths', () => {
    const query = { method: 'GET', path: '/me' } as const;
    const first = (operationId: string | null) =>
      laravel.findHandlers({ ...query, operationId })[0]?.route.handlerName;
    expect([first(null), first('readMe')]).toEqual(['handle', 'show']);
  });

  test('the id that an annotation in a comment states finds the handler', () => {
    const [best] = laravel.findHandlers({ method: null, path: null, operationId: 'handleLegacy' });
    expect(best?.route.handlerName).toBe('handle');
  });

  test('the id that an attribute states finds the handler', () => {
    const [best] = laravel.findHandlers({ method: null, path: null, operationId: 'readMe' });
    expect(best?.route.handlerName).toBe('show');
  });
});

test("the id that Symfony's documents give a route by its name finds the handler", async () => {
  const symfony = await indexFolder(fixture('symfony'));
  const [best] = symfony.findHandlers({ method: null, path: null, operationId: 'get_orders_list' });
  symfony.close();
  expect(best?.route.handlerName).toBe('list');
});
