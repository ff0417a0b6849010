import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createTimeline } from '../../src/proxy/timeline.ts';

test('nothing is called early, and what is due later is called later', async () => {
  const timeline = createTimeline(systemClock);
  const startMs = timeline.now();
  const dueMs = Array.from({ length: 200 }, (_, index) => startMs + ((index * 37) % 200) * 0.31);
  const called: { dueMs: number; atMs: number }[] = [];
  await new Promise<void>((resolve) => {
    for (const due of dueMs) {
      timeline.at(due, () => {
        called.push({ dueMs: due, atMs: timeline.now() });
        if (called.length === dueMs.length) resolve();
      });
    }
  });
  expect(called.filter(({ dueMs: due, atMs }) => atMs < due)).toEqual([]);
  expect(called.map(({ dueMs: due }) => due)).toEqual(dueMs.toSorted((a, b) => a - b));
});

test('what is cancelled is not called', async () => {
  const timeline = createTimeline(systemClock);
  const called: string[] = [];
  const wakeup = timeline.at(timeline.now() + 1, () => called.push('cancelled'));
  await new Promise<void>((resolve) => {
    timeline.at(timeline.now() + 3, resolve);
    wakeup.cancel();
  });
  expect(called).toEqual([]);
});

test('a wake-up asked for later but due earlier comes first', async () => {
  const timeline = createTimeline(systemClock);
  const called: string[] = [];
  await new Promise<void>((resolve) => {
    timeline.at(timeline.now() + 30, () => {
      called.push('late');
      resolve();
    });
    timeline.at(timeline.now() + 2, () => called.push('early'));
  });
  expect(called).toEqual(['early', 'late']);
});
