import { expect, test } from 'vitest';
import { originKey } from '../../../src/proxy/mapping.ts';
import { limitLanes, orderItems } from '../../../src/scenario/run/order.ts';
import { planItems } from '../../../src/scenario/run/plan.ts';
import type { RunProxy } from '../../../src/scenario/run/proxies.ts';
import type { Item } from '../../../src/types.ts';
import { LATENCY_FAULT, LOAD, makeItem } from '../fixtures.ts';
import { makeRequest, makeScenario } from '../target.ts';

const upstream = { protocol: 'http', host: '127.0.0.1', port: 7200 } as const;
const payments: RunProxy = {
  spec: { name: 'payments', listenPort: 7201, upstream },
  host: '127.0.0.1',
  port: 7201,
  setProgram: async () => undefined,
  takeExchanges: async () => ({ exchanges: [], dropped: 0 }),
  close: async () => undefined,
};
const open = new Map([[originKey(upstream), payments]]);
const faults = [LATENCY_FAULT];
const atEdge = makeItem({ faults });
const behind = makeItem({ faults, upstreams: ['http://127.0.0.1:7200'] });
const load = (seconds: number) =>
  makeItem({ faults, strategy: { ...LOAD, durationMs: seconds * 1_000, baseline: false } });

function order(items: readonly Item[], { lanes = 8, proxies = open, forward = false } = {}) {
  const plans = planItems(makeRequest([makeScenario(items)]));
  const { groups, notices } = orderItems(plans, limitLanes(lanes), { proxies, forward });
  return {
    groups: groups.map((group) =>
      group.map(({ plan, alone }) => `${plan.planned.id.slice(5)}${alone ? ' alone' : ''}`),
    ),
    notices: notices.map(({ message }) => message),
  };
}

test('faults at the edge only run side by side although a named proxy is open', () => {
  expect(order([atEdge, atEdge])).toEqual({ groups: [['1', '2']], notices: [] });
});

test('faults on a named proxy run alone, and the reason names it', () => {
  const { groups, notices } = order([atEdge, behind, atEdge]);
  expect(groups).toEqual([['1', '3', '2 alone']]);
  expect(notices).toEqual([
    'Not side by side: item-2; its faults act behind the service (payments), where others would feel them.',
  ]);
});

test('faults on every origin run alone where a named proxy is open, and side by side where none is', () => {
  const everywhere = makeItem({ faults, upstreams: ['*'] });
  expect(order([everywhere, atEdge]).groups).toEqual([['2', '1 alone']]);
  expect(order([everywhere, atEdge], { proxies: new Map() }).groups).toEqual([['1', '2']]);
});

test('faults on an upstream that only the forward proxy reaches run alone', () => {
  const forwarded = makeItem({ faults, upstreams: ['http://127.0.0.1:9999'] });
  const { groups, notices } = order([forwarded, atEdge], { proxies: new Map(), forward: true });
  expect(groups).toEqual([['2', '1 alone']]);
  expect(notices[0]).toContain('act behind the service (http://127.0.0.1:9999)');
});

test('a mapped port stands open for one item at a time, and nothing runs beside it', () => {
  const mappings = [{ listenPort: 35_432, upstream }];
  const mapped = makeItem({ faults, context: { proxy: { disableHttpProxies: false, mappings } } });
  const { groups, notices } = order([mapped, atEdge, mapped], { proxies: new Map() });
  expect(groups).toEqual([['2', '1 alone', '3 alone']]);
  expect(notices[0]).toContain('item-1, item-3; it opens port 35432 behind the service');
});

test('what deletes keeps its place among the others, with none beside it', () => {
  const { groups, notices } = order([load(1), load(2), makeItem({ method: 'DELETE' }), load(3)]);
  expect(groups).toEqual([['2', '1'], ['3 alone'], ['4']]);
  expect(notices).toHaveLength(1);
});

test('the longest items start first, and one lane keeps the order of the file', () => {
  const items = [load(1), load(9), load(5)];
  expect(order(items).groups).toEqual([['2', '3', '1']]);
  expect(order(items, { lanes: 1 }).groups).toEqual([['1', '2', '3']]);
});

test('a load of more than items side by side share runs alone', () => {
  const heavy = makeItem({ strategy: { ...LOAD, clients: 50, requestsPerSecond: 10 } });
  const { notices } = order([heavy, atEdge]);
  expect(notices[0]).toContain('500 requests a second are more than the 200 that items side by side share');
});
