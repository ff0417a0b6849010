import { expect, test } from 'vitest';
import { judgeItem } from '../../../src/scenario/verdict/judge.ts';
import type { Sample } from '../../../src/types-run.ts';
import {
  ERRORS_UNDER_1,
  evidence,
  exchange,
  hit,
  LATENCY_FAULT,
  LOAD,
  makeItem,
  sample,
  samples,
} from '../fixtures.ts';

const load = makeItem({ strategy: LOAD, slos: [ERRORS_UNDER_1], faults: [LATENCY_FAULT] });
const baseline = samples(20, () => ({ phase: 'baseline', latencyMs: 10 }));
const windows = [{ startMs: 0, endMs: 1_000 }];

/** Requests each 100 ms, of which those within the window were hit; `late` says how the others went. */
function judge(late: (dueMs: number) => Partial<Sample>) {
  const faulted = samples(50, (at) =>
    at * 100 <= 1_000 ? { status: 503, exchange: exchange({ hits: [hit()] }) } : late(at * 100),
  );
  return judgeItem({ ...evidence(load, [...baseline, ...faulted]), windows });
}

test('a target that is well at once after the fault recovered in no time', () => {
  expect(judge(() => ({})).recoveryMs).toBe(0);
});

test('recovery lasts until the first of three good answers in a row', () => {
  expect(judge((dueMs) => (dueMs < 2_500 ? { status: 503 } : {})).recoveryMs).toBe(1_500);
  const between = (dueMs: number) => (dueMs < 2_500 && dueMs !== 2_000 ? { status: 503 } : {});
  expect(judge(between).recoveryMs).toBe(1_500);
});

test('answers far slower than the slowest without faults are not well, a little slower ones are', () => {
  expect(judge((dueMs) => ({ latencyMs: dueMs < 2_500 ? 900 : 12 })).recoveryMs).toBe(1_500);
  expect(judge((dueMs) => ({ latencyMs: dueMs < 2_500 ? 60 : 12 })).recoveryMs).toBe(0);
});

test('a target that never gets well took at least until the last request', () => {
  expect(judge(() => ({ outcome: 'timeout' })).recoveryMs).toBe(3_900);
});

test('without an end of the fault, or requests after it, nothing is said of recovery', () => {
  const whole = { startMs: 0, endMs: Number.POSITIVE_INFINITY };
  expect(judgeItem({ ...evidence(load, samples(20)), windows: [whole] }).recoveryMs).toBeNull();
  expect(judgeItem({ ...evidence(load, samples(20)), windows: [] }).recoveryMs).toBeNull();
  expect(judgeItem({ ...evidence(load, samples(10)), windows }).recoveryMs).toBeNull();
});

test('errors of the target that are pages are counted, those that a fault at the edge injected are not', () => {
  const page = { status: 503, contentType: 'text/html; charset=utf-8' };
  const injected = exchange({ outcome: 'injected', hits: [hit({ type: 'httperror', status: 503 })] });
  const { htmlErrors } = judgeItem(
    evidence(load, [
      sample(page),
      sample({ ...page, contentType: 'application/problem+json' }),
      sample({ ...page, status: 200 }),
      sample({ ...page, exchange: injected }),
    ]),
  );
  expect(htmlErrors).toBe(1);
});
