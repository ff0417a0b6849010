import { expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import type { Answer } from '../../../src/tools/session/answer.ts';
import { createJobs, type JobHandle } from '../../../src/tools/session/jobs.ts';
import { createFakeClock } from '../../helpers/fake-clock.ts';

const answer = (text: string): Answer => ({ text, facts: {}, next: [], verdict: null });
const never = new AbortController().signal;
const ignore = () => undefined;

/** Work that ends when it is told to, or when it is cancelled. */
function controllableWork() {
  let finish: (result: Answer) => void = ignore;
  const work = ({ signal }: JobHandle) =>
    new Promise<Answer>((resolve) => {
      finish = resolve;
      signal.addEventListener('abort', () => resolve(answer('what was measured until then')));
    });
  return { work, finish: (text: string) => finish(answer(text)) };
}

test('a job that ends within the wait gives its answer', async () => {
  const jobs = createJobs(createFakeClock());
  jobs.start('run_1', 'run', async () => answer('done'));
  expect(await jobs.wait('run_1', 1_000, never, ignore)).toMatchObject({
    state: 'finished',
    answer: { text: 'done' },
  });
});

test('a job that takes longer is still running after the wait, and goes on', async () => {
  const clock = createFakeClock();
  const jobs = createJobs(clock);
  const { work, finish } = controllableWork();
  jobs.start('run_1', 'run', work);
  const waited = jobs.wait('run_1', 2_500, never, ignore);
  await clock.advanceTo(2_500);
  expect(await waited).toMatchObject({ state: 'running', answer: null });
  finish('later');
  expect(await jobs.wait('run_1', 1, never, ignore)).toMatchObject({
    state: 'finished',
    answer: { text: 'later' },
  });
});

test('a host that gives up detaches from the job and does not end it', async () => {
  const jobs = createJobs(createFakeClock());
  const { work, finish } = controllableWork();
  const host = new AbortController();
  jobs.start('run_1', 'run', work);
  const waited = jobs.wait('run_1', 60_000, host.signal, ignore);
  host.abort();
  expect(await waited).toMatchObject({ state: 'running' });
  finish('all of it');
  expect(await jobs.wait('run_1', 60_000, never, ignore)).toMatchObject({
    state: 'finished',
    answer: { text: 'all of it' },
  });
});

test('a cancelled job keeps what was measured', async () => {
  const jobs = createJobs(createFakeClock());
  jobs.start('run_1', 'run', controllableWork().work);
  expect(await jobs.cancel('run_1')).toMatchObject({
    state: 'cancelled',
    answer: { text: 'what was measured until then' },
  });
});

test('work that fails keeps its error', async () => {
  const jobs = createJobs(createFakeClock());
  jobs.start('run_1', 'run', async () => {
    throw new AppError('PORT_IN_USE', 'taken');
  });
  expect(await jobs.wait('run_1', 1_000, never, ignore)).toMatchObject({
    state: 'failed',
    error: { code: 'PORT_IN_USE' },
  });
});

test('progress is told about once a second while somebody waits', async () => {
  const clock = createFakeClock();
  const jobs = createJobs(clock);
  const seen: string[] = [];
  jobs.start('run_1', 'run', async ({ report }) => {
    for (let second = 1; second <= 3; second += 1) {
      report({ done: second, total: 3, message: `step ${second}` });
      await clock.sleepUntil(second * 1_000 + 500);
    }
    return answer('done');
  });
  const waited = jobs.wait('run_1', 60_000, never, ({ message }) => seen.push(message));
  await clock.advanceTo(5_000);
  await waited;
  expect(seen).toEqual(['step 1', 'step 2', 'step 3']);
});

test('latest is the job that was started last, and an unknown id is none', async () => {
  const jobs = createJobs(createFakeClock());
  jobs.start('run_1', 'run', async () => answer('one'));
  jobs.start('run_2', 'run', async () => answer('two'));
  expect(jobs.find('latest')?.id).toBe('run_2');
  expect(jobs.find('run_3')).toBeNull();
  expect(await jobs.wait('run_3', 10, never, ignore)).toBeNull();
});

test('ending all jobs waits for each', async () => {
  const jobs = createJobs(createFakeClock());
  jobs.start('run_1', 'run', controllableWork().work);
  jobs.start('run_2', 'run', controllableWork().work);
  await jobs.cancelAll();
  expect(jobs.list().map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
});
