import { expect, test } from 'vitest';
import { causeOf, injectedMs } from '../../../src/scenario/verdict/failure.ts';
import { delayed, exchange, hit, sample } from '../fixtures.ts';

const context = { baselineMaxMs: 10, timeoutMs: 500 };

test('a time-out that the fault held longer than the time limit is injected, however the exchange ended later', () => {
  const late = exchange({
    outcome: 'upstream_reset',
    injectedMs: null,
    hits: [hit({ type: 'blackhole', delayMs: 600 })],
  });
  expect(causeOf(sample({ outcome: 'timeout', latencyMs: 500, exchange: late }), context)).toBe('injected');
});

test('a time-out is injected when the delay and the usual time together reach the limit', () => {
  const at = (delayMs: number) =>
    causeOf(sample({ outcome: 'timeout', exchange: delayed(delayMs) }), context);
  expect(at(490)).toBe('injected');
  expect(at(489)).toBe('target');
});

test('a reset by the target is the target’s, one that the proxy made is injected', () => {
  const at = (outcome: 'upstream_reset' | 'cut' | 'injected') =>
    causeOf(sample({ outcome: 'reset', exchange: exchange({ outcome, hits: [hit()] }) }), context);
  expect(at('upstream_reset')).toBe('target');
  expect(at('cut')).toBe('injected');
  expect(at('injected')).toBe('injected');
});

test('a failure without an edge proxy is the target’s', () => {
  expect(causeOf(sample({ outcome: 'timeout' }), context)).toBe('target');
  expect(causeOf(sample({ status: 500, exchange: exchange() }), context)).toBe('target');
});

test('the delay of a dependency counts once, that of the edge is added', () => {
  const both = sample({ exchange: delayed(50), dependencyExchanges: [delayed(100), delayed(80)] });
  expect(injectedMs(both)).toBe(150);
});

test('an exchange that never ended has no known delay', () => {
  expect(injectedMs(sample({ exchange: exchange({ injectedMs: null }) }))).toBeNull();
});
