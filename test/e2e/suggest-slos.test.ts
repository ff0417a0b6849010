import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTarget } from '../helpers/http-target.ts';
import { startHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

test('a run without faults gives objectives, and a file with them for other tools', async () => {
  const workspace = await makeTempFolder();
  const { url } = await startTarget();
  const { call } = await startHost({ workspace });
  await call('scenario_run', {
    yaml: `
title: Nothing is wrong
items:
- call: { method: GET, url: ${url}/ }
  context:
    upstreams: [ ${url} ]
    strategy: { mode: load, duration: 3s, clients: 2, rps: 20, baseline: false }
    slo: [ { slo_type: error, objective: 99, threshold: 1 } ]
`,
  });
  const answer = await call('run_report', { view: 'suggest_slos' });
  expect(answer.isError).toBe(false);
  expect(answer.text).toMatch(/9[59] % of GET \/ within \d+ ms/);
  expect(answer.text).toMatch(/9[05] % of GET \/ without a 5xx/);
  const file = /(\.breakwater\/runs\/\S+\.md)/.exec(answer.text)?.[1] ?? '';
  expect(await readFile(join(workspace, file), 'utf8')).toContain('apiVersion: openslo/v1');
  const json = JSON.parse((await call('run_report', { view: 'suggest_slos', format: 'json' })).text);
  expect(json.slos).toContainEqual(expect.objectContaining({ endpoint: 'GET /', kind: 'latency' }));
  await call('run_report', { view: 'suggest_slos', output: 'slos.md' });
  expect(await readFile(join(workspace, 'slos.md'), 'utf8')).toContain('http_requests_total');
});
