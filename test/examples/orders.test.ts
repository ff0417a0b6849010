import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { ask, type RunningExample, startExample } from './start-example.ts';

const ORDERS = 'examples/orders';
const document = JSON.parse(readFileSync(`${ORDERS}/openapi.json`, 'utf8'));
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(document, 'openapi');

const NEW_ORDER = document.paths['/orders'].post.requestBody.content['application/json'].example;

async function startBoth(): Promise<RunningExample> {
  const payments = await startExample('examples/payments');
  return startExample(ORDERS, { PAYMENTS_URL: payments.url });
}

function post(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** Tells what of a JSON answer does not fit the document; empty when all fits. */
async function compareWithDocument(method: string, path: string, response: Response): Promise<string[]> {
  const answers = document.paths[path][method].responses;
  const answer = answers[String(response.status)];
  if (answer === undefined) return [`status ${response.status} is not documented`];
  const pointer =
    answer.$ref === undefined
      ? `/paths/${path.replaceAll('/', '~1')}/${method}/responses/${response.status}`
      : answer.$ref.slice(1);
  const schema = `openapi#${encodeURI(`${pointer}/content/application~1json/schema`)}`;
  return ajv.validate(schema, await response.json()) ? [] : [ajv.errorsText(ajv.errors)];
}

describe('orders', () => {
  test('each operation answers as its document says', async () => {
    const { url } = await startBoth();
    const calls = [
      ['get', '/health', '/health', 200, {}],
      ['get', '/products', '/products', 200, {}],
      ['get', '/orders', '/orders?limit=5', 200, {}],
      ['get', '/orders', '/orders?limit=0', 422, {}],
      ['post', '/orders', '/orders', 201, post(NEW_ORDER)],
      ['post', '/orders', '/orders', 422, post({ customer_id: 'cus_1001', items: [] })],
      ['post', '/orders', '/orders', 400, { ...post(null), body: '{"cut' }],
      ['get', '/orders/{order_id}', '/orders/ord_1001', 200, {}],
      ['get', '/orders/{order_id}', '/orders/ord_9999', 404, {}],
    ] as const;
    for (const [method, template, path, status, init] of calls) {
      const response = await fetch(url + path, init);
      expect([path, response.status]).toEqual([path, status]);
      expect(await compareWithDocument(method, template, response)).toEqual([]);
    }
  });

  test('an order that was created can be read, with its charge and the points it brought', async () => {
    const { url } = await startBoth();
    const created = await fetch(`${url}/orders`, post({ ...NEW_ORDER, customer_id: 'cus_new' }));
    const order = (await created.json()) as { readonly id: string };
    expect(created.headers.get('location')).toBe(`/orders/${order.id}`);
    const details = await (await fetch(`${url}/orders/${order.id}`)).json();
    expect(details).toMatchObject({
      status: 'paid',
      total_cents: 3_700,
      charge: { status: 'succeeded', amount_cents: 3_700, order_id: order.id },
      reward_points: 37,
    });
  });

  test('the served document names the address that it is served from', async () => {
    const { url } = await startBoth();
    const served = await (await fetch(`${url}/openapi.json`)).json();
    expect(served).toEqual({ ...document, servers: [{ url }] });
  });

  test('it stops on SIGTERM while a keep-alive connection is open', async () => {
    const { url, child } = await startBoth();
    expect((await ask(`${url}/health`, 5_000))?.status).toBe(200);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('payments', () => {
  test('the same idempotency key gives the same charge again', async () => {
    const { url } = await startExample('examples/payments');
    const request = post({ amount_cents: 500, currency: 'EUR' });
    const keyed = { ...request, headers: { ...request.headers, 'idempotency-key': 'once' } };
    const first = await fetch(`${url}/charges`, keyed);
    const second = await fetch(`${url}/charges`, keyed);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(await second.json()).toEqual(await first.json());
  });

  test('without a key, each request charges again', async () => {
    const { url } = await startExample('examples/payments');
    const request = post({ amount_cents: 500, currency: 'EUR' });
    const first = await (await fetch(`${url}/charges`, request)).json();
    const second = await (await fetch(`${url}/charges`, request)).json();
    expect(second).not.toEqual(first);
  });
});
