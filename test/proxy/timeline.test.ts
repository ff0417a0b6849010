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

test('a quiet thread naps until shortly before what is due, and never past it', async () => {
  const naps: number[] = [];
  const fake = steppedClock();
  const timeline = createTimeline(fake.clock, (ms) => {
    naps.push(fake.nowMs());
    fake.pass(ms);
  });
  const calledAtMs = await new Promise<number>((resolve) => {
    timeline.at(fake.nowMs() + 1, () => resolve(fake.nowMs()));
  });
  expect(naps.length).toBeGreaterThan(3);
  expect(Math.max(...naps)).toBeLessThan(0.8);
  expect(calledAtMs).toBeGreaterThanOrEqual(1);
  expect(calledAtMs).toBeLessThan(1.1);
});

test('a thread that is asked for the time in each turn does not nap', async () => {
  const fake = steppedClock();
  let naps = 0;
  const timeline = createTimeline(fake.clock, () => {
    naps += 1;
  });
  let isOver = false;
  const ask = () => {
    timeline.now();
    if (!isOver) setImmediate(ask);
  };
  ask();
  await new Promise<void>((resolve) => {
    timeline.at(fake.nowMs() + 1, resolve);
  });
  isOver = true;
  expect(naps).toBe(0);
});

test('a thread of which thousands of wake-ups a second are asked does not nap', async () => {
  const fake = steppedClock();
  let naps = 0;
  const timeline = createTimeline(fake.clock, (ms) => {
    naps += 1;
    fake.pass(ms);
  });
  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      timeline.at(fake.nowMs() + ms, resolve);
    });
  await wait(1);
  expect(naps).toBeGreaterThan(0);
  const crowd = Array.from({ length: 100 }, (_, index) => wait(11 + index * 0.001));
  fake.pass(10.5);
  await Promise.all(crowd);
  naps = 0;
  await wait(0.9);
  expect(naps).toBe(0);
});

/** A clock that goes on by a hundredth of a millisecond whenever it is read. */
function steppedClock() {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    pass: (ms: number) => {
      nowMs += ms;
    },
    clock: {
      now: () => {
        nowMs += 0.01;
        return nowMs;
      },
    },
  };
}
