import { expect, test } from 'vitest';
import { ExchangeColumns } from '../../src/proxy/exchange-columns.ts';
import type { Exchange, Hit } from '../../src/types-run.ts';

function hit(faultIndex: number, more: Partial<Hit> = {}): Hit {
  return {
    faultIndex,
    type: `fault-${faultIndex}`,
    flow: 'response',
    atMs: 10 + faultIndex,
    delayMs: 20.5,
    bytes: 300 + faultIndex,
    status: null,
    ...more,
  };
}

function exchange(number: number, more: Partial<Exchange> = {}): Exchange {
  return {
    proxy: 'shop',
    number,
    connection: number + 7,
    traceparent: null,
    method: null,
    path: null,
    startedAtMs: number + 0.25,
    endedAtMs: number + 1.5,
    requestBytes: 10,
    responseBytes: 20,
    status: null,
    outcome: 'complete',
    injectedMs: 3,
    hits: [],
    ...more,
  };
}

const RECORDS: readonly Exchange[] = [
  exchange(0, { hits: [hit(0), hit(1, { flow: 'request', delayMs: null })] }),
  exchange(1, { method: 'GET', path: '/orders/1', status: 200, traceparent: '00-a-b-01' }),
  exchange(2, { hits: [hit(2, { flow: 'connection', status: 503, delayMs: 0 })], outcome: 'injected' }),
  exchange(3, { outcome: 'client_gone', injectedMs: null, outsideOf: [0, 2] }),
  exchange(4, { method: 'GET', path: '/orders/1', hits: [hit(0, { bytes: 1 })], continues: true }),
];

test('each record comes back with its own hits and texts, in the order of arrival', () => {
  const columns = new ExchangeColumns('shop');
  for (const record of RECORDS) columns.add(record);
  expect(columns.length).toBe(RECORDS.length);
  expect(columns.take()).toEqual(RECORDS);
});

test('what was taken is not given again, and what comes later begins anew', () => {
  const columns = new ExchangeColumns('shop');
  for (const record of RECORDS) columns.add(record);
  columns.take();
  expect(columns.take()).toEqual([]);
  const later = exchange(5, { hits: [hit(3)], path: '/later' });
  columns.add(later);
  expect(columns.take()).toEqual([later]);
});

test('more records and hits than one block holds come back whole', () => {
  const columns = new ExchangeColumns('shop');
  const many = Array.from({ length: 2_500 }, (_, number) =>
    exchange(number, {
      path: `/${number % 3}`,
      hits: number % 2 === 0 ? [] : [hit(number), hit(number + 1)],
    }),
  );
  for (const record of many) columns.add(record);
  expect(columns.take()).toEqual(many);
});
