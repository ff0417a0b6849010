import { expect, test } from 'vitest';
import { z } from 'zod';
import { AppError } from '../../src/errors.ts';
import { describeFault, faultFlows, readFault, writeFault } from '../../src/proxy/fault-schema.ts';
import { FAULTS } from '../../src/proxy/faults/index.ts';
import { faultArgument } from '../../src/tools/session/fault-argument.ts';

const EXAMPLES = [
  { type: 'latency', side: 'client', mean: 800, stddev: 100 },
  { type: 'latency', mean: 150, period: 'start:10%,duration:15%' },
  { type: 'latency', min: 10, max: 20, global: false },
  { type: 'latency', mean: 5, shape: 2, scale: 10 },
  { type: 'jitter', amplitude: 80, frequency: 8 },
  { type: 'bandwidth', rate: 512, unit: 'KBps', per_connection: true },
  { type: 'packetloss', direction: 'egress', rate: 0.05, period: 'start:30%,duration:40%' },
  { type: 'blackhole', direction: 'egress', after: 'dead' },
  { type: 'httperror', status_code: 500, probability: 0.05 },
  { type: 'httperror', status_code: 503, headers: { 'Retry-After': '1' }, phase: 'response' },
  { type: 'reset', after_bytes: 10 },
  { type: 'close', after_ms: 50, delay: 20 },
  { type: 'refuse' },
  { type: 'slow_body', chunk_bytes: 16, interval: 10 },
  { type: 'slow_body', chunk_bytes: 16, interval: 10, variation: 4 },
  { type: 'slow_close', delay: 50 },
  { type: 'fail_first', count: 2, fault: { type: 'httperror', status_code: 503 } },
  { type: 'dns', failure: 'nxdomain' },
  { type: 'latency', mean: 150, only: { methods: ['POST'], path: '/orders/**', header: 'X-Tenant: gold' } },
];

const issuesOf = (raw: unknown) => {
  try {
    readFault(raw);
  } catch (error) {
    if (error instanceof AppError && error.code === 'SCENARIO_INVALID') return error.details.issues;
    throw error;
  }
  return [];
};

test('each listed fault has an example here', () => {
  expect(new Set(EXAMPLES.map(({ type }) => type))).toEqual(new Set(FAULTS.map(({ type }) => type)));
});

test.each(EXAMPLES)('$type is written as it was read, defaults left out', (raw) => {
  const fault = readFault(raw);
  expect(writeFault(fault)).toEqual(raw);
  expect(readFault(writeFault(fault))).toEqual(fault);
});

test('the keys given imply the distribution', () => {
  const implied = (keys: object) => readFault({ type: 'latency', ...keys }).params.distribution;
  expect(implied({})).toBe('normal');
  expect(implied({ stddev: 5 })).toBe('normal');
  expect(implied({ max: 5 })).toBe('uniform');
  expect(implied({ shape: 2, scale: 5 })).toBe('pareto');
  expect(implied({ mean: 1, shape: 2, scale: 5 })).toBe('pareto-normal');
});

test('missing numbers of a latency are filled in', () => {
  expect(readFault({ type: 'latency' }).params).toMatchObject({ mean: 100, stddev: 0 });
  expect(readFault({ type: 'latency', distribution: 'uniform' }).params).toMatchObject({ min: 0, max: 200 });
});

test('an unknown key names the nearest known one, at its place', () => {
  expect(issuesOf({ type: 'latency', men: 5 })).toEqual([
    { path: ['men'], message: 'Unknown key "men" of latency; the nearest known one is "mean".' },
  ]);
});

test('an unknown type names the nearest known one', () => {
  expect(issuesOf({ type: 'latancy' })).toEqual([
    { path: ['type'], message: 'Unknown fault type "latancy"; the nearest known one is "latency".' },
  ]);
});

test.each([
  [{ type: 'bandwidth', rate: -1 }, ['rate']],
  [{ type: 'latency', mean: -5 }, ['mean']],
  [{ type: 'latency', probability: 2 }, ['probability']],
  [{ type: 'latency', min: 9, max: 5 }, ['min']],
  [{ type: 'latency', distribution: 'pareto', scale: 5 }, ['shape']],
  [{ type: 'latency', period: 'start:10%,duration:x' }, ['period']],
  [{ type: 'httperror', status_code: 999 }, ['status_code']],
  [{ type: 'httperror', headers: { 'a b': 'x' } }, ['headers', 'a b']],
  [{ type: 'slow_body', chunk_bytes: 4, variation: 4 }, ['variation']],
  [{ type: 'reset', after_ms: 1, after_bytes: 1 }, ['after_ms']],
  [{ type: 'fail_first', count: 1, fault: { type: 'httperror', statuscode: 1 } }, ['fault', 'statuscode']],
  [
    { type: 'fail_first', count: 1, fault: { type: 'fail_first', count: 1, fault: { type: 'refuse' } } },
    ['fault', 'type'],
  ],
  [{ type: 'latency', only: {} }, ['only']],
  [{ type: 'latency', only: { paths: '/x' } }, ['only', 'paths']],
  [{ type: 'latency', only: { path: 'orders' } }, ['only', 'path']],
  [{ type: 'latency', only: { methods: [] } }, ['only', 'methods']],
  [{ type: 'latency', only: { methods: ['GET /x'] } }, ['only', 'methods', 0]],
  [{ type: 'latency', only: { header: 'X Tenant: a' } }, ['only', 'header']],
  [{ type: 'fail_first', count: 1, fault: { type: 'refuse', only: { path: '/x' } } }, ['fault']],
  ['latency', []],
])('%j is an error at its place', (raw, path) => {
  expect(issuesOf(raw)).toMatchObject([{ path }]);
});

test('an unknown key of "only" names the nearest one of its own', () => {
  expect(issuesOf({ type: 'latency', only: { paths: '/x' } })).toEqual([
    { path: ['only', 'paths'], message: 'Unknown key "paths" of only; the nearest known one is "path".' },
  ]);
});

test('one method may stand as a word, in any case', () => {
  expect(readFault({ type: 'latency', only: { methods: 'post' } }).only).toEqual({
    methods: ['POST'],
    path: null,
    header: null,
  });
});

test('all that does not fit is listed at once', () => {
  expect(issuesOf({ type: 'latency', mean: -5, probability: 2, period: 'x' })).toHaveLength(3);
});

test.each([
  ['client', 'ingress', ['request']],
  ['client', 'egress', ['response']],
  ['server', 'egress', ['request']],
  ['server', 'ingress', ['response']],
  ['server', 'both', ['request', 'response']],
])('%s %s acts on the flow of the format’s table', (side, direction, flows) => {
  expect(faultFlows(readFault({ type: 'latency', side, direction }))).toEqual(flows);
});

test('an HTTP error acts on the flow of its phase', () => {
  expect(faultFlows(readFault({ type: 'httperror' }))).toEqual(['request']);
  expect(faultFlows(readFault({ type: 'httperror', phase: 'response' }))).toEqual(['response']);
});

test('a fault is described in one phrase with flow, share and period', () => {
  expect(
    describeFault(
      readFault({ type: 'latency', mean: 150, probability: 0.4, period: 'start:10%,duration:15%' }),
    ),
  ).toBe('delay 150 ms (response flow), on 40.0 % of exchanges, during start:10%,duration:15%');
  expect(
    describeFault(
      readFault({ type: 'fail_first', count: 2, fault: { type: 'httperror', status_code: 503 } }),
    ),
  ).toBe('answer 503 without the upstream, on the first 2 exchanges (request flow)');
});

test('a limited fault names the requests that it is limited to', () => {
  const only = { methods: ['POST', 'PUT'], path: '/orders/**', header: 'X-Tenant' };
  expect(describeFault(readFault({ type: 'latency', mean: 5, only, probability: 0.5 }))).toBe(
    'delay 5 ms (response flow), for POST, PUT /orders/** with X-Tenant, on 50.0 % of exchanges',
  );
});

test('a fault that acts on connections names no flow', () => {
  expect(describeFault(readFault({ type: 'refuse' }))).toBe('connections refused');
});

test('the tool argument takes every example and has a flat JSON Schema', () => {
  for (const raw of EXAMPLES) expect(faultArgument.parse(raw)).toEqual(raw);
  expect(z.toJSONSchema(faultArgument, { io: 'input' }).anyOf).toBeUndefined();
});
