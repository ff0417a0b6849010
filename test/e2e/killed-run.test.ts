import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTarget } from '../helpers/http-target.ts';
import { startHost } from '../helpers/mcp-client.ts';
import { runShell, startShell, untilSamples } from '../helpers/shell.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

/** One call, then a load of a minute: killed in the middle of the second. */
const twoItems = (url: string) => `
title: A call and a load
items:
- call: { method: GET, url: ${url}/ }
  expect: { status: 200 }
- call: { method: GET, url: ${url}/ }
  context:
    upstreams: [ ${url} ]
    faults: [ { type: latency, mean: 20 } ]
    strategy: { mode: load, duration: 60s, clients: 2, rps: 20, baseline: false }
    slo: [ { slo_type: error, objective: 99, threshold: 1 } ]
`;

test('a run that is killed in the middle is reported as far as it was measured, from the shell and over MCP', async () => {
  const workspace = await makeTempFolder();
  const { url } = await startTarget();
  await writeFile(join(workspace, 's.yaml'), twoItems(url));
  const { child, ended } = startShell(workspace, ['run', 's.yaml', '--serial']);
  const id = await untilSamples(workspace, 20);
  child.kill('SIGKILL');
  await ended;
  const report = await runShell(workspace, ['report']);
  expect(report.status).toBe(3);
  expect(report.stdout).toContain(`${id} interrupted: 2 items: 1 pass, 0 fail, 1 inconclusive`);
  const measured = Number(/only (\d+) of 2400 requests were measured/.exec(report.stdout)?.[1]);
  expect(measured).toBeGreaterThanOrEqual(10);
  const whole = await runShell(workspace, ['report', '--view', 'full']);
  expect(whole.stdout).toContain('The run was interrupted, its process ended');
  const { call } = await startHost({ workspace });
  expect((await call('run_report', { run_id: 'latest' })).text).toContain(`${id} interrupted`);
});

test('a run whose server is killed is reported as interrupted by the next server', async () => {
  const workspace = await makeTempFolder();
  const { url } = await startTarget();
  const first = await startHost({ workspace });
  await first.call('scenario_run', { yaml: twoItems(url), wait_seconds: 0, parallel: 1 });
  const id = await untilSamples(workspace, 20);
  const gone = new Promise<void>((resolve) => {
    first.client.onclose = resolve;
  });
  process.kill(first.transport.pid!, 'SIGKILL');
  await gone;
  const second = await startHost({ workspace });
  const { text } = await second.call('run_report', { run_id: id });
  expect(text).toMatch(/interrupted: 2 items: 1 pass, 0 fail, 1 inconclusive/);
  expect(text).toMatch(/only \d+ of 2400 requests were measured/);
});

// Each moment leaves other files behind: none yet, the first samples, a verdict, another item's samples.
test.each([1, 2, 3, 10, 40])('killed at request %i, whatever is there is read', async (count) => {
  const workspace = await makeTempFolder();
  let requests = 0;
  let reached: () => void = () => undefined;
  const moment = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const { url } = await startTarget((_request, response) => {
    requests += 1;
    if (requests === count) reached();
    response.end('ok');
  });
  await writeFile(join(workspace, 's.yaml'), twoItems(url));
  const { child, ended } = startShell(workspace, ['run', 's.yaml', '--serial']);
  await moment;
  child.kill('SIGKILL');
  await ended;
  const { status, stdout } = await runShell(workspace, ['report', '--json']);
  expect(status).toBe(3);
  const facts = JSON.parse(stdout);
  expect(facts).toMatchObject({ state: 'interrupted', planned_items: 2 });
  expect(facts.results).toHaveLength(2);
});
