import { expect, test } from 'vitest';
import { joinExchanges, type TimedSample } from '../../../src/scenario/run/join.ts';
import type { Sample } from '../../../src/types-run.ts';
import { exchange, hit, sample } from '../fixtures.ts';

function timed(sentAtMs: number, endedAtMs: number, over: Partial<Sample> = {}, traceId = ''): TimedSample {
  return { sample: sample(over), sentAtMs, endedAtMs, traceId };
}

test('an edge exchange joins the request whose number it carries', () => {
  const requests = [timed(0, 10, { sequence: 0 }), timed(5, 15, { sequence: 1 })];
  const { samples } = joinExchanges(requests, [exchange({ number: 1, startedAtMs: 6 })], []);
  expect(samples.map(({ exchange }) => exchange?.number ?? null)).toEqual([null, 1]);
});

test('numbers of different phases are told apart by time', () => {
  const requests = [timed(0, 10, { sequence: 0, phase: 'baseline' }), timed(100, 110, { sequence: 0 })];
  const { samples } = joinExchanges(requests, [exchange({ number: 0, startedAtMs: 101 })], []);
  expect(samples.map(({ exchange }) => exchange === null)).toEqual([true, false]);
});

test('a connection that was refused before its number was read joins by time', () => {
  const refused = exchange({ number: 7, method: null, startedAtMs: 101, hits: [hit({ type: 'refuse' })] });
  const requests = [timed(0, 10, { sequence: 7 }), timed(100, 102, { sequence: 8, outcome: 'reset' })];
  const { samples } = joinExchanges(requests, [refused], []);
  expect(samples.map(({ exchange }) => exchange === null)).toEqual([true, false]);
});

test('a dependency exchange joins by trace id, even where many requests are in flight', () => {
  const trace = 'a'.repeat(32);
  const requests = [timed(0, 100, { sequence: 0 }, 'b'.repeat(32)), timed(0, 100, { sequence: 1 }, trace)];
  const { dependencies, samples } = joinExchanges(
    requests,
    [],
    [exchange({ startedAtMs: 50, traceparent: `00-${trace}-${'c'.repeat(16)}-01` })],
  );
  expect(dependencies).toMatchObject([{ sequence: 1, joinedBy: 'traceparent' }]);
  expect(samples.map(({ dependencyExchanges }) => dependencyExchanges.length)).toEqual([0, 1]);
});

test('without a trace id it joins the only request in flight, and none where there are two', () => {
  const requests = [timed(0, 100, { sequence: 0 }), timed(60, 160, { sequence: 1 })];
  const { dependencies } = joinExchanges(
    requests,
    [],
    [
      exchange({ startedAtMs: 30 }),
      exchange({ startedAtMs: 80 }),
      exchange({ startedAtMs: 130 }),
      exchange({ startedAtMs: 170 }),
    ],
  );
  expect(dependencies.map(({ sequence, joinedBy }) => [sequence, joinedBy])).toEqual([
    [0, 'single-in-flight'],
    [null, 'item'],
    [1, 'single-in-flight'],
    [null, 'item'],
  ]);
});

test('a request that we gave up stays in flight: the target may still work on it', () => {
  const requests = [timed(0, 50, { sequence: 0, outcome: 'timeout' }), timed(100, 150, { sequence: 1 })];
  const { dependencies } = joinExchanges(
    requests,
    [],
    [exchange({ startedAtMs: 80 }), exchange({ startedAtMs: 120 })],
  );
  expect(dependencies.map(({ sequence }) => sequence)).toEqual([0, null]);
});

test('an exchange that carries another request’s number is not joined by time', () => {
  const other = exchange({ number: 3, startedAtMs: 101, hits: [hit()] });
  const { samples } = joinExchanges([timed(100, 200, { sequence: 8, outcome: 'timeout' })], [other], []);
  expect(samples[0]!.exchange).toBeNull();
});
