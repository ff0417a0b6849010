import { expect, test } from 'vitest';
import { sleep, systemClock } from '../src/clock.ts';

test('a sleep never ends before its time', async () => {
  for (let round = 0; round < 40; round += 1) {
    const dueMs = systemClock.now() + 1.3;
    await systemClock.sleepUntil(dueMs);
    expect(systemClock.now()).toBeGreaterThanOrEqual(dueMs);
  }
});

test('its time is that of hrtime, which all threads share', () => {
  const sharedMs = () => Number(process.hrtime.bigint()) / 1e6;
  for (let round = 0; round < 1_000; round += 1) {
    const beforeMs = sharedMs();
    const nowMs = systemClock.now();
    const afterMs = sharedMs();
    expect(nowMs).toBeGreaterThan(beforeMs - 0.02);
    expect(nowMs).toBeLessThan(afterMs + 0.02);
  }
});

test('a sleep until a time that has passed ends at once', async () => {
  await expect(systemClock.sleepUntil(systemClock.now() - 1)).resolves.toBeUndefined();
});

test('an aborted sleep rejects with the reason of the signal', async () => {
  const controller = new AbortController();
  const slept = sleep(systemClock, 60_000, controller.signal);
  controller.abort(new Error('enough'));
  await expect(slept).rejects.toThrow('enough');
});

test('a sleep on a signal that is aborted already does not begin', async () => {
  await expect(sleep(systemClock, 60_000, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
});
