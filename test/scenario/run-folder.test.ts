import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runScenarios } from '../../src/scenario/run/run.ts';
import { createRunSink, listRuns, loadRun, loadSamples } from '../../src/scenario/run-folder.ts';
import { openStore, type Store } from '../../src/store.ts';
import type { Run } from '../../src/types-run.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { LOAD, makeItem, samples } from './fixtures.ts';
import { makeDeps, makeRequest, makeScenario, startTarget, type Target } from './target.ts';

const ID = 'run_0123456789abcdef';
let workspace: string;
let store: Store;
let target: Target;
beforeEach(async () => {
  workspace = await makeTempFolder();
  store = openStore(workspace);
  target = await startTarget();
});
afterEach(async () => {
  await target.close();
});

const file = (name: string) => readFile(join(store.folder, 'runs', ID, name), 'utf8');

/** Runs one item that passes and one load, stored. */
async function runStored() {
  const items = [
    makeItem({ url: `${target.origin}/a`, expect: { statuses: [200] } }),
    makeItem({ url: `${target.origin}/b`, strategy: { ...LOAD, durationMs: 300, baseline: false } }),
  ];
  const scenario = makeScenario(items, { headers: { Authorization: 'Bearer s3cr3t', 'X-Shop': 'eu' } });
  const sink = createRunSink(store, ID);
  return runScenarios(makeRequest([scenario], { id: ID }), { ...makeDeps(), sink });
}

test('a finished run reads back as it was, secret headers apart', async () => {
  const result = await runStored();
  const loaded = await loadRun(store, ID);
  expect(loaded.results).toEqual(result.results);
  expect(loaded.run.state).toBe('finished');
  expect(loaded.run.items.map(({ item }) => item.call.url)).toEqual([
    `${target.origin}/a`,
    `${target.origin}/b`,
  ]);
  expect(await loadSamples(store, ID)).toHaveLength(1 + 1 + 1 + 6);
});

test('secret headers are sent, and stored nowhere', async () => {
  await runStored();
  expect(target.requests[0]!.headers.authorization).toBe('Bearer s3cr3t');
  for (const name of [
    'run.json',
    'scenario.yaml',
    'samples.ndjson',
    'verdict.json',
    'report.md',
    'report.html',
  ]) {
    expect(await file(name)).not.toContain('s3cr3t');
  }
  expect(await file('scenario.yaml')).toContain('X-Shop: eu');
});

test('files are snake_case, and the report is written at the end', async () => {
  await runStored();
  expect(JSON.parse((await file('samples.ndjson')).split('\n')[0]!)).toMatchObject({
    item_id: 'item-1',
    phase: 'preflight',
  });
  expect(await file('report.md')).toContain('# Resilience report');
});

test('the results of items that end together are written one after another, the newest last', async () => {
  const { results } = await runStored();
  let open = 0;
  let overlapped = false;
  const counting: Store = {
    ...store,
    async writeText(path, text) {
      overlapped ||= open > 0;
      open += 1;
      await store.writeText(path, text);
      open -= 1;
    },
  };
  const sink = createRunSink(counting, ID);
  await Promise.all([sink.saveResults(results.slice(0, 1)), sink.saveResults(results)]);
  expect(overlapped).toBe(false);
  expect((await loadRun(store, ID)).results).toEqual(results);
});

/** A run as a process leaves it that was killed: still running, some samples, a torn last line. */
async function leaveRunning(owner: { readonly pid: number; readonly instance: string }) {
  const load = makeItem({ strategy: { ...LOAD, durationMs: 2_000 } });
  const planned = (id: string, item = load) => ({ id, scenarioTitle: 'Slow', endpoint: 'GET /orders', item });
  const run: Run = {
    id: ID,
    state: 'running',
    startedAt: '2026-11-21T04:00:00.000Z',
    endedAt: null,
    seed: 7,
    scenarios: [makeScenario([load])],
    items: [planned('item-1'), planned('item-2'), planned('item-3')],
    notices: [],
  };
  const sink = createRunSink(store, ID);
  await sink.saveRun(run);
  await sink.appendSamples(samples(30, () => ({ itemId: 'item-1' })));
  await sink.appendSamples(samples(40, () => ({ itemId: 'item-2', status: 500 })));
  await store.appendText(`runs/${ID}/samples.ndjson`, '{"item_id":"item-3","pha');
  const stored = JSON.parse(await file('run.json'));
  await store.writeText(`runs/${ID}/run.json`, JSON.stringify({ ...stored, process: owner }));
}

test('a run whose process is gone is interrupted, and judged as far as it goes', async () => {
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  await leaveRunning({ pid: gone, instance: 'other' });
  const { run, results } = await loadRun(store, ID);
  expect(run.state).toBe('interrupted');
  expect(results.map(({ verdict, requests }) => [verdict.value, requests])).toEqual([
    ['inconclusive', 30],
    ['fail', 40],
    ['inconclusive', 0],
  ]);
  expect(results[2]!.verdict.reasons[0]!.message).toContain('interrupted');
});

test('a process that got the number of the one that is gone does not keep its run alive', async () => {
  await leaveRunning({ pid: process.pid, instance: 'an earlier process' });
  expect((await loadRun(store, ID)).run.state).toBe('interrupted');
});

test('a run that goes on in another process is still running', async () => {
  await leaveRunning({ pid: process.ppid, instance: 'other' });
  expect(await loadRun(store, ID)).toMatchObject({ run: { state: 'running' }, results: [] });
});

test('runs are listed, latest first, with interrupted ones as such', async () => {
  await leaveRunning({ pid: process.pid, instance: 'gone' });
  await store.writeText(
    'runs/run_00/run.json',
    (await file('run.json')).replace('2026-11-21', '2026-11-22').replace(ID, 'run_00'),
  );
  expect(await listRuns(store)).toMatchObject([
    { id: 'run_00', state: 'interrupted', items: 3 },
    { id: ID, titles: ['Slow'] },
  ]);
});

test('an unknown run is an error that lists the latest ones', async () => {
  await runStored();
  await expect(loadRun(store, 'run_ff')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    hint: expect.stringContaining(ID),
  });
  await expect(loadRun(store, '../../etc')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
