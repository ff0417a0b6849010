import { expect, test } from 'vitest';
import { cutPhases, layOutTimeline, summarizePhases } from '../../../src/scenario/drill/phases.ts';
import { sampleAt, samplesBetween } from './support/samples.ts';

const times = {
  failureAtMs: 1_000,
  failureEndMs: 3_000,
  recoveredAfterMs: 500,
  endMs: 6_000,
  isMomentary: false,
};

test('phases are cut where the failure began and ended, and where the service was well again', () => {
  expect(cutPhases(times)).toEqual({
    baseline: { startMs: 0, endMs: 1_000 },
    failure: { startMs: 1_000, endMs: 3_000 },
    recovery: { startMs: 3_500, endMs: 6_000 },
  });
  expect(cutPhases({ ...times, recoveredAfterMs: null }).recovery).toEqual({ startMs: 3_000, endMs: 6_000 });
});

test('a crash lasts for its users until they are served again', () => {
  const crash = { ...times, failureEndMs: 1_000, isMomentary: true };
  expect(cutPhases(crash).failure).toEqual({ startMs: 1_000, endMs: 1_500 });
  expect(cutPhases({ ...crash, recoveredAfterMs: null }).failure).toEqual({ startMs: 1_000, endMs: 6_000 });
});

test('a drill that ended in its baseline has no other phase', () => {
  const cut = cutPhases({ ...times, failureAtMs: null, failureEndMs: null, recoveredAfterMs: null });
  expect(cut.baseline).toEqual({ startMs: 0, endMs: 6_000 });
  expect(summarizePhases(samplesBetween(0, 6_000, 100), cut).failure.requests).toBe(0);
});

test('figures of a phase are those of the requests that were due in it', () => {
  const samples = [
    ...samplesBetween(0, 1_000, 100),
    sampleAt(1_000, { status: 500, bodyStart: 'boom', latencyMs: 20 }),
    sampleAt(1_100, { status: 500, bodyStart: 'boom', latencyMs: 40 }),
    sampleAt(1_200, { status: null, outcome: 'timeout', latencyMs: 5_000 }),
    sampleAt(1_300, { status: null, outcome: 'aborted', latencyMs: 1 }),
    sampleAt(1_400),
  ];
  const figures = summarizePhases(samples, cutPhases({ ...times, failureEndMs: 2_000 })).failure;
  expect(figures).toMatchObject({
    durationMs: 1_000,
    requests: 4,
    failed: 3,
    timeouts: 1,
    answers: { 500: 2, timeout: 1, 200: 1 },
    completedPerSecond: 3,
    goodPerSecond: 1,
    inFlightMax: 2,
    errors: [
      { status: 500, contentType: 'application/json', text: 'boom', count: 2 },
      { status: null, contentType: 'application/json', text: '', count: 1 },
    ],
  });
  expect(figures.failureLatency.maxMs).toBe(5_000);
  expect(figures.latency.maxMs).toBe(Number.POSITIVE_INFINITY);
  expect(figures.successLatency.maxMs).toBe(10);
});

test('a request that was on its way when the failure began belongs to the failure', () => {
  const cut = cutPhases(times);
  const caught = summarizePhases([sampleAt(995, { status: 503 }), sampleAt(980)], cut);
  expect([caught.baseline.requests, caught.baseline.failed, caught.failure.requests]).toEqual([1, 0, 1]);
});

test('requests that leave at a moment make room for those that come', () => {
  const samples = samplesBetween(0, 1_000, 100, { latencyMs: 100 });
  expect(summarizePhases(samples, cutPhases(times)).baseline.inFlightMax).toBe(1);
});

test('the timeline counts each request in the window in which it was due', () => {
  const samples = [
    ...samplesBetween(0, 500, 100),
    sampleAt(500, { status: null, outcome: 'timeout', latencyMs: 600 }),
  ];
  expect(layOutTimeline(samples, 1_250, 250)).toEqual([
    { startMs: 0, requests: 3, failed: 0, p95Ms: 10, inFlight: 1 },
    { startMs: 250, requests: 2, failed: 0, p95Ms: 10, inFlight: 0 },
    { startMs: 500, requests: 1, failed: 1, p95Ms: Number.POSITIVE_INFINITY, inFlight: 1 },
    { startMs: 750, requests: 0, failed: 0, p95Ms: null, inFlight: 1 },
    { startMs: 1_000, requests: 0, failed: 0, p95Ms: null, inFlight: 1 },
  ]);
});
