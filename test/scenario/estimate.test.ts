import { expect, test } from 'vitest';
import { estimateScenarios } from '../../src/scenario/estimate.ts';
import { readScenarios } from '../../src/scenario/file/read.ts';

function estimate(method: string, context: string, more = '') {
  const text = `title: T\nitems:\n- call: {method: ${method}, url: http://a/, timeout: 500${more}}\n  context: ${context}`;
  return estimateScenarios(readScenarios(text, 'f.yaml').scenarios);
}

const LOAD = '{strategy: {mode: load, duration: 10s, clients: 2, rps: 5}}';

test('a load of GET has its pre-flight call and a baseline of 2 s', () => {
  expect(estimate('GET', LOAD)).toEqual({ requests: 1 + 20 + 100, durationMs: 20 + 2_000 + 10_000 });
});
test('a load of POST has neither', () => {
  expect(estimate('POST', LOAD)).toEqual({ requests: 100, durationMs: 10_000 });
});
test('a load of POST with a fresh value in its body has both', () => {
  expect(estimate('POST', LOAD, ", body: '{{uuid}}'").requests).toBe(121);
});
test('the baseline is at most 5 s', () => {
  expect(estimate('GET', '{strategy: {mode: load, duration: 60s, clients: 1, rps: 1}}').durationMs).toBe(
    65_020,
  );
});
test('a repeat counts its baseline call, its waits and its growing delays', () => {
  const context =
    '{faults: [{type: latency, mean: 10}], strategy: {mode: repeat, step: 100, count: 3, wait: 5, add_baseline_call: true}}';
  expect(estimate('POST', context)).toEqual({ requests: 4, durationMs: 20 + 30 + 130 + 230 + 15 });
});
test('a blackholed call takes until its time limit', () => {
  expect(estimate('GET', '{faults: [{type: blackhole}]}')).toEqual({ requests: 2, durationMs: 20 + 500 });
});
test('an item for another platform is not run', () => {
  expect(estimate('GET', '{runs_on: {platform: kubernetes}}')).toEqual({ requests: 0, durationMs: 0 });
});
