import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { LoadJob } from '../../../src/scenario/run/load-job.ts';
import { openSender, type Sender } from '../../../src/scenario/run/sender.ts';
import type { Sample } from '../../../src/types-run.ts';
import { startTarget, type Target } from '../target.ts';

let sender: Sender;
let target: Target;
beforeEach(async () => {
  sender = await openSender();
});
afterEach(async () => {
  await sender.close();
  await target.close();
});

test('jobs side by side share one listener on the signal of their run, and all end when it aborts', async () => {
  let seen = (_count: number): void => undefined;
  let asked = 0;
  const allAsked = new Promise<void>((resolve) => {
    seen = (count) => {
      if (count === 20) resolve();
    };
  });
  target = await startTarget(() => {
    asked += 1;
    seen(asked);
  });
  const run = new AbortController();
  const samples: Sample[] = [];
  const jobs = Array.from({ length: 20 }, (_, index) =>
    sender.send(job(target.port, index), (some) => samples.push(...some), run.signal),
  );
  await allAsked;
  expect(getEventListeners(run.signal, 'abort')).toHaveLength(1);
  run.abort();
  await Promise.all(jobs);
  expect(samples.map(({ outcome }) => outcome)).toEqual(Array(20).fill('aborted'));
});

test('a job whose run is already over sends nothing that is waited for', async () => {
  target = await startTarget(() => undefined);
  const samples: Sample[] = [];
  await sender.send(job(target.port, 0), (some) => samples.push(...some), AbortSignal.abort());
  expect(samples.filter(({ outcome }) => outcome !== 'aborted')).toEqual([]);
});

function job(port: number, index: number): LoadJob {
  const startAtMs = systemClock.now();
  return {
    call: {
      method: 'GET',
      url: `http://127.0.0.1:${port}/`,
      headers: {},
      body: null,
      timeoutMs: 60_000,
      operationId: null,
    },
    via: null,
    itemId: `item-${index}`,
    itemKey: `item-${index}`,
    phase: 'faulted',
    step: 0,
    firstSequence: 0,
    firstNumber: 0,
    count: 1,
    startAtMs,
    intervalMs: 1,
    epochMs: startAtMs,
    connection: 'per-request',
    seed: 1,
  };
}
