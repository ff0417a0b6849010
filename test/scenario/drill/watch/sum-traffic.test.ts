import { expect, test } from 'vitest';
import {
  connectionsBackAfterMs,
  perRequest,
  sumTraffic,
} from '../../../../src/scenario/drill/watch/sum-traffic.ts';

const point = (atMs: number, connections: number, openConnections: number, exchanges = 0, failed = 0) => ({
  atMs,
  connections,
  openConnections,
  exchanges,
  failedExchanges: failed,
});

const seen = [
  point(0, 10, 10, 0),
  point(500, 10, 10, 50),
  point(1_000, 10, 10, 100),
  point(1_500, 40, 0, 130, 30),
  point(2_000, 90, 1, 200, 100),
  point(2_250, 94, 5, 210, 100),
  point(2_500, 99, 10, 240, 100),
];

test('a span is summed from the look before its beginning to the look before its end', () => {
  expect(sumTraffic(seen, { startMs: 0, endMs: 1_000 })).toEqual({
    connections: 0,
    openMax: 10,
    exchanges: 100,
    failedExchanges: 0,
  });
  expect(sumTraffic(seen, { startMs: 1_000, endMs: 2_100 })).toEqual({
    connections: 80,
    openMax: 10,
    exchanges: 100,
    failedExchanges: 100,
  });
});

test('a span in which nothing was seen says so', () => {
  expect(sumTraffic([], { startMs: 0, endMs: 1_000 })).toEqual({
    connections: 0,
    openMax: null,
    exchanges: 0,
    failedExchanges: 0,
  });
});

test('attempts and connections are divided by the requests of the users; without requests there is no ratio', () => {
  const sum = sumTraffic(seen, { startMs: 1_000, endMs: 2_100 });
  expect(perRequest(sum, 40)).toEqual({ attemptsPerRequest: 2.5, connectionsPerRequest: 2 });
  expect(perRequest(sum, 0)).toBeNull();
});

test('connections are back at the first look with as many open as usual before the failure', () => {
  const times = { failureAtMs: 1_200, failureEndMs: 2_000 };
  expect(connectionsBackAfterMs(seen, times)).toBe(500);
  expect(connectionsBackAfterMs(seen.slice(0, -1), times)).toBeNull();
  expect(connectionsBackAfterMs([point(0, 0, 0), point(3_000, 1, 1)], times)).toBeNull();
});
