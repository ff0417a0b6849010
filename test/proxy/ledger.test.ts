import { queryObjects } from 'node:v8';
import { expect, test } from 'vitest';
import { Ledger } from '../../src/proxy/ledger.ts';
import type { Exchange } from '../../src/types-run.ts';

const recordOf = (number: number, more: Partial<Exchange> = {}): Exchange => ({
  proxy: 'db',
  number,
  connection: number + 1,
  traceparent: null,
  method: null,
  path: null,
  startedAtMs: number + 0.125,
  endedAtMs: number + 0.25,
  requestBytes: 2 ** 40 + number,
  responseBytes: 7,
  status: null,
  outcome: 'complete',
  injectedMs: 0,
  hits: [],
  ...more,
});

test('records come back as they were added, in order, each once', () => {
  const ledger = new Ledger('db');
  const hit = { faultIndex: 0, type: 'latency', flow: 'response', atMs: 1, delayMs: null, bytes: 3 } as const;
  const records = Array.from({ length: 3_000 }, (_, number) => recordOf(number));
  records[1_500] = recordOf(1_500, {
    traceparent: '00-1',
    method: 'GET',
    path: '/users',
    status: 503,
    outcome: 'injected',
    injectedMs: null,
    hits: [{ ...hit, status: 503 }],
  });
  records[2_000] = recordOf(2_000, { outcome: 'cut', outsideOf: [1] });
  records[2_500] = recordOf(2_500, { continues: true });
  for (const record of records) ledger.add(record);
  expect(ledger.take()).toEqual({ exchanges: records, dropped: 0 });
  expect(ledger.take()).toEqual({ exchanges: [], dropped: 0 });
  expect(ledger.count({ hits: 0, requestSentBytes: 0, responseSentBytes: 0 }).hits).toBe(1);
});

test('records that do not fit are counted and dropped, and taking makes room', () => {
  const ledger = new Ledger('db');
  for (let number = 0; number < 100_003; number += 1) ledger.add(recordOf(number));
  const { exchanges, dropped } = ledger.take();
  expect([exchanges.length, exchanges.at(-1)?.number, dropped]).toEqual([100_000, 99_999, 3]);
  ledger.add(recordOf(5));
  expect(ledger.take()).toEqual({ exchanges: [recordOf(5)], dropped: 0 });
});

test('a record does not keep the head that its path was read from', () => {
  const ledger = new Ledger('db');
  const heapBytes = () => {
    // Counting living objects collects all others first.
    queryObjects(Ledger);
    return process.memoryUsage().heapUsed;
  };
  const beforeBytes = heapBytes();
  const filler = 'f'.repeat(4_000);
  for (let number = 0; number < 20_000; number += 1) {
    const [, path = ''] = Buffer.from(`GET /users/of/one/tenant/${number} ${filler}`)
      .toString('latin1')
      .split(' ');
    ledger.add(recordOf(number, { method: 'GET', path }));
  }
  expect(heapBytes() - beforeBytes).toBeLessThan(20e6);
  expect(ledger.take().exchanges.at(-1)?.path).toBe('/users/of/one/tenant/19999');
});

test('of what a client sent, a record keeps so much that memory stays bounded', () => {
  const ledger = new Ledger('db');
  ledger.add(recordOf(1, { method: 'GET', path: `/${'p'.repeat(60_000)}`, traceparent: 't'.repeat(60_000) }));
  const [record] = ledger.take().exchanges;
  expect([record?.path, record?.traceparent]).toEqual([`/${'p'.repeat(1_023)}`, 't'.repeat(1_024)]);
});
