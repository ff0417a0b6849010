import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTarget } from '../helpers/http-target.ts';
import { openTools } from './tool-session.ts';

const load = (url: string, duration: string, clients: number, rps: number) =>
  `title: T\nitems:\n- call: { url: "${url}" }\n  context: { strategy: { mode: load, duration: ${duration}, clients: ${clients}, rps: ${rps} } }\n  expect: { status: 200 }\n`;

test.each([
  ['a rate', load('http://127.0.0.1:9/', '1s', 3, 4), 'limits.rps'],
  ['clients', load('http://127.0.0.1:9/', '1s', 6, 1), 'limits.clients'],
  ['a duration', load('http://127.0.0.1:9/', '3s', 1, 1), 'limits.duration'],
])('%s above what the user allows is refused before anything is sent', async (_what, yaml, key) => {
  const { call } = await openTools('limits: { rps: 10, clients: 5, duration: 2s }\n');
  const run = call('scenario_run', { yaml });
  await expect(run).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', hint: expect.stringContaining(key) });
});

test('a probe obeys the same limits', async () => {
  const { call } = await openTools('limits: { rps: 10, clients: 5, duration: 2s }\n');
  const faults = [{ type: 'latency', mean: 1 }];
  const probe = call('fault_probe', { url: 'http://127.0.0.1:9/', faults, duration: '60s' });
  await expect(probe).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
});

test('a call is not repeated for ever', async () => {
  const { call } = await openTools();
  const yaml =
    'title: T\nitems:\n- call: { url: "http://127.0.0.1:9/" }\n  context: { strategy: { mode: repeat, step: 1, count: 10001 } }\n  expect: { status: 200 }\n';
  await expect(call('scenario_run', { yaml })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
});

test('no more runs are kept than the user wants, and the newest are those', async () => {
  const { url } = await startTarget();
  const tools = await openTools('limits: { runs: 3 }\n');
  const yaml = `title: T\nitems:\n- call: { url: "${url}/" }\n  expect: { status: 200 }\n`;
  const ids: string[] = [];
  for (let count = 0; count < 5; count += 1) {
    const text = await tools.call('scenario_run', { yaml, wait_seconds: 60 });
    ids.push(/run_[0-9a-f]{16}/.exec(text)?.[0] ?? '');
  }
  const kept = await readdir(join(tools.workspace, '.breakwater/runs'));
  expect(kept.filter((name) => name.startsWith('run_')).toSorted()).toEqual(ids.slice(2).toSorted());
});

test('of an endless answer no more is read than ten million bytes', async () => {
  const { url } = await startTarget((_request, response) => {
    const more = () => {
      while (response.write(Buffer.alloc(64 * 1024, 'x')));
    };
    response.on('drain', more);
    more();
  });
  const tools = await openTools();
  const yaml = `title: T\nitems:\n- call: { url: "${url}/", timeout: 60000 }\n  expect: { status: 200 }\n`;
  expect(await tools.call('scenario_run', { yaml, wait_seconds: 120 })).toContain('1 pass');
  await expect(tools.call('scenario_generate', { spec: url })).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
  });
});
