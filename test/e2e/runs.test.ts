import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { startTarget } from '../helpers/http-target.ts';
import { startHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const loadScenario = (url: string, seconds: number) => `
title: A latency under load
items:
- call: { method: GET, url: ${url}/ }
  context:
    upstreams: [ ${url} ]
    faults: [ { type: latency, mean: 20 } ]
    strategy: { mode: load, duration: ${seconds}s, clients: 2, rps: 20, baseline: false }
    slo: [ { slo_type: error, objective: 99, threshold: 1 } ]
`;

const idIn = (text: string) => /run_[0-9a-f]{16}/.exec(text)?.[0] ?? '';

test('a run that outlives its wait answers with its id and the next call, and run_report waits for its end', async () => {
  const { url } = await startTarget();
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const first = await call('scenario_run', { yaml: loadScenario(url, 2), wait_seconds: 0 });
  expect(first.isError).toBe(false);
  const id = idIn(first.text);
  expect(first.text).toContain(`${id} is still running`);
  expect(first.text).toContain(`Next: run_report {"run_id":"${id}","wait_seconds":45}`);
  const second = await call('run_report', { run_id: id });
  expect(second.text).toMatch(/1 pass/);
  const other = await call('run_report', { run_id: id, view: 'item', item: 'item-9' });
  expect(other.text).toContain('Its items are: item-1 (A latency under load).');
});

test('run_cancel ends a run within a second and keeps what was measured', async () => {
  const workspace = await makeTempFolder();
  let asked = 0;
  const { url } = await startTarget((_request, response) => {
    asked++;
    response.end();
  });
  const { call } = await startHost({ workspace });
  const first = await call('scenario_run', { yaml: loadScenario(url, 60), wait_seconds: 0 });
  const id = idIn(first.text);
  await vi.waitFor(() => expect(asked).toBeGreaterThan(20), 30_000);
  const startMs = performance.now();
  const cancelled = await call('run_cancel', { run_id: id });
  // Asked for is one second; the rest is room for a busy machine.
  expect(performance.now() - startMs).toBeLessThan(3_000);
  expect(cancelled.text).toMatch(/cancelled/);
  expect(cancelled.text).toMatch(/inconclusive/);
  const samples = (await readFile(join(workspace, '.breakwater/runs', id, 'samples.ndjson'), 'utf8'))
    .trim()
    .split('\n');
  expect(samples.length).toBeGreaterThan(10);
  expect((await call('run_report', { run_id: id })).text).toMatch(/cancelled/);
});

test("a host's time-out detaches from the run and does not end it", async () => {
  const { url } = await startTarget();
  const { client, call } = await startHost({ workspace: await makeTempFolder() });
  const gaveUp = client.callTool(
    { name: 'scenario_run', arguments: { yaml: loadScenario(url, 8) } },
    undefined,
    { timeout: 3_000 },
  );
  await expect(gaveUp).rejects.toThrow(/timed out/i);
  const report = await call('run_report', { run_id: 'latest' });
  expect(report.text).toMatch(/finished/);
  expect(report.text).toMatch(/1 pass/);
});

test('progress is told while a call waits, and it grows', async () => {
  const { url } = await startTarget();
  const { client } = await startHost({ workspace: await makeTempFolder() });
  const seen: { readonly progress: number; readonly message: string | undefined }[] = [];
  await client.callTool({ name: 'scenario_run', arguments: { yaml: loadScenario(url, 4) } }, undefined, {
    onprogress: ({ progress, message }) => void seen.push({ progress, message }),
  });
  expect(seen.length).toBeGreaterThanOrEqual(2);
  expect(
    seen.every(({ progress }, index) => index === 0 || progress > (seen[index - 1]?.progress ?? 0)),
  ).toBe(true);
  expect(seen[0]?.message).toMatch(/latency on GET \//);
});

test('a replay takes the same seed, and two runs are compared item by item', async () => {
  const { url } = await startTarget();
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const first = await call('scenario_run', { yaml: loadScenario(url, 1), seed: 7 });
  const again = await call('scenario_run', { run_id: idIn(first.text) });
  expect(again.text).toMatch(/Seed 7\b/);
  const compared = await call('run_report', {
    run_id: idIn(again.text),
    view: 'compare',
    compare_to: idIn(first.text),
  });
  // What a busy machine made of the second run is its own; that each item stands beside itself is ours.
  expect(compared.text).toMatch(
    /: 0 fixed, (1 improved, 0 unchanged, 0|0 improved, 1 unchanged, 0|0 improved, 0 unchanged, 1) regressed/,
  );
  expect(compared.text).toMatch(/\| GET \/ \| A latency under load \|/);
});

test('what a run left behind is a resource', async () => {
  const { url } = await startTarget();
  const { client, call } = await startHost({ workspace: await makeTempFolder() });
  const id = idIn((await call('scenario_run', { yaml: loadScenario(url, 1) })).text);
  const { resources } = await client.listResources();
  expect(resources.map(({ uri }) => uri)).toContain(`breakwater://runs/${id}/report.md`);
  const { contents } = await client.readResource({ uri: `breakwater://runs/${id}/report.md` });
  expect(JSON.stringify(contents)).toContain('Fidelity');
  await expect(client.readResource({ uri: 'breakwater://runs/run_00/report.md' })).rejects.toThrow(
    /There is no resource/,
  );
});

test('a dry run sends nothing and says how long the run would take', async () => {
  let requests = 0;
  const { url } = await startTarget((_request, response) => {
    requests += 1;
    response.end();
  });
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const { text } = await call('scenario_run', { yaml: loadScenario(url, 10), dry_run: true });
  expect(text).toMatch(/Valid: 1 scenarios?, about 40\d requests/);
  expect(requests).toBe(0);
});

test('a dry run names what it read otherwise than it is written, and the method of each call', async () => {
  const { url } = await startTarget();
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const yaml = `title: Old names\nscenarios:\n- call: { method: POST, url: "${url}/a" }\n  expect: { status: 200 }\n`;
  const { text } = await call('scenario_run', { yaml, dry_run: true });
  expect(text).toContain(`POST ${url}/a`);
  expect(text).toMatch(/Notices:\n- yaml:2:1: .*scenarios/);
});

test('a load above the limits of the configuration is refused before anything is sent', async () => {
  const { url } = await startTarget();
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const { text, isError } = await call('scenario_run', {
    yaml: loadScenario(url, 10).replace('rps: 20', 'rps: 2000'),
  });
  expect(isError).toBe(true);
  expect(text).toMatch(/^LIMIT_EXCEEDED: .*4000 requests a second; the limit is 2000/);
});

test('a proxy changes its faults while it is open, and the answer shows what passed', async () => {
  const { port } = await startTarget();
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const opened = await call('proxy_open', { upstream: `http://127.0.0.1:${port}`, name: 'api' });
  const address = /listening on (127\.0\.0\.1:\d+)/.exec(opened.text)?.[1];
  expect((await fetch(`http://${address}/a`)).status).toBe(200);
  await call('proxy_open', {
    upstream: `http://127.0.0.1:${port}`,
    name: 'api',
    faults: [{ type: 'httperror', status_code: 503 }],
  });
  expect((await fetch(`http://${address}/b`)).status).toBe(503);
  const { text } = await call('proxy_list');
  expect(text).toMatch(/\| api \| .*\| 2 \| 1 \| /m);
  expect((await call('proxy_close', { name: 'api' })).text).toMatch(
    /closed after \d+ connections?, 2 exchanges, 1 hits/,
  );
});

test('one URL is probed without and with a fault', async () => {
  const { url } = await startTarget();
  const { call } = await startHost({ workspace: await makeTempFolder() });
  const { text } = await call('fault_probe', {
    url: `${url}/`,
    faults: [{ type: 'latency', mean: 500 }],
    duration: '4s',
  });
  expect(text).toMatch(/Slowed by exactly what was injected/);
  const injectedMs = Number(/injected, median \| +– +\| ([\d.]+) ms/.exec(text)?.[1]);
  expect(injectedMs).toBeGreaterThanOrEqual(500);
});

test('a secret header is kept nowhere, and a replay asks for it instead of blaming the service', async () => {
  const workspace = await makeTempFolder();
  const { url } = await startTarget((request, response) => {
    response.statusCode = request.headers.authorization === 'Bearer s3cr3t-token' ? 200 : 401;
    response.end();
  });
  const { call } = await startHost({ workspace });
  const headers = { authorization: 'Bearer s3cr3t-token' };
  const first = await call('scenario_run', { yaml: loadScenario(url, 1), headers });
  expect(first.text).toMatch(/1 pass/);
  expect(await findText(workspace, 's3cr3t-token')).toEqual([]);
  const yaml = loadScenario(url, 1).replace('url:', 'headers: { Authorization: Bearer s3cr3t-token }, url:');
  const second = await call('scenario_run', { yaml });
  expect(second.text).toMatch(/1 pass/);
  const replay = await call('scenario_run', { run_id: idIn(second.text) });
  expect(replay).toMatchObject({
    isError: true,
    text: expect.stringMatching(
      /^BAD_INPUT: The values of authorization were not stored.*\nGive them again: headers/,
    ),
  });
  expect((await call('scenario_run', { run_id: idIn(second.text), headers })).text).toMatch(/1 pass/);
});

/** Files below `folder` that hold `text`. */
async function findText(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    files.map(async (file) => ({ file, content: await readFile(file, 'latin1') })),
  );
  return texts.filter(({ content }) => content.includes(text)).map(({ file }) => file);
}
