import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TransportKind } from '../helpers/any-client.ts';
import { startBare } from '../helpers/bare-stdio.ts';
import { connectTo } from '../helpers/clients.ts';
import { startHttpServer } from '../helpers/http-server.ts';
import { startTarget } from '../helpers/http-target.ts';
import { runShell, untilSamples } from '../helpers/shell.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

/** The limit of 3 s, and room for a busy machine. */
const STOP_LIMIT_MS = 10_000;

const longLoad = (url: string) => `
title: A latency under load
items:
- call: { method: GET, url: ${url}/ }
  context:
    upstreams: [ ${url} ]
    faults: [ { type: latency, mean: 20 } ]
    strategy: { mode: load, duration: 60s, clients: 2, rps: 20, baseline: false }
    slo: [ { slo_type: error, objective: 99, threshold: 1 } ]
`;

type Stop = 'EOF' | 'SIGTERM' | 'SIGINT' | 'SIGHUP';

interface Started {
  readonly child: ChildProcess;
  call(tool: string, args: Readonly<Record<string, unknown>>): Promise<string>;
}

async function start(transport: TransportKind, workspace: string): Promise<Started> {
  if (transport === 'stdio') {
    const server = startBare(workspace);
    await server.open();
    return server;
  }
  const server = await startHttpServer({ workspace });
  const client = await connectTo(server, '2.x legacy', transport);
  return { child: server.child, call: async (tool, args) => (await client.call(tool, args)).text };
}

test.each<[TransportKind, Stop]>([
  ['stdio', 'EOF'],
  ['stdio', 'SIGTERM'],
  ['stdio', 'SIGINT'],
  ['http', 'SIGTERM'],
  ['http', 'SIGINT'],
  ['http', 'SIGHUP'],
  ['sse', 'SIGTERM'],
])('over %s, %s ends the run and the proxies, and keeps what was measured', async (transport, stop) => {
  const { url } = await startTarget();
  const workspace = await makeTempFolder();
  const { child, call } = await start(transport, workspace);
  const opened = await call('proxy_open', { upstream: url });
  const proxy = `http://${/listening on (127\.0\.0\.1:\d+)/.exec(opened)?.[1]}/`;
  expect((await fetch(proxy)).status).toBe(200);
  const waiting = call('scenario_run', { yaml: longLoad(url) });
  const id = await untilSamples(workspace, 20);

  const startMs = performance.now();
  const exited = once(child, 'exit');
  if (stop === 'EOF') child.stdin?.end();
  else child.kill(stop);
  // A host that has closed stdin reads no more; to others the call that waits tells what became of the run.
  if (stop !== 'EOF') expect(await waiting).toMatch(/cancelled: 1 item/);
  expect(await exited).toEqual([0, null]);
  expect(performance.now() - startMs).toBeLessThan(STOP_LIMIT_MS);

  await expect(fetch(proxy)).rejects.toThrow();
  const report = await runShell(workspace, ['report']);
  expect(report.stdout).toContain(`${id} cancelled: 1 item: 0 pass, 0 fail, 1 inconclusive`);
  const samples = await readFile(join(workspace, '.breakwater/runs', id, 'samples.ndjson'), 'utf8');
  expect(samples.split('\n').length).toBeGreaterThan(20);
});

test('servers of two workspaces neither see nor stop the runs of the other', async () => {
  const { url } = await startTarget();
  const [one, other] = [await startHttpServer(), await startHttpServer()];
  const [first, second] = [await connectTo(one, '2.x auto'), await connectTo(other, '1.x', 'sse')];
  await first.call('scenario_run', { yaml: longLoad(url), wait_seconds: 0 });
  const id = await untilSamples(one.workspace, 20);
  expect((await second.call('run_report', { run_id: id })).text).toMatch(/^NOT_FOUND/);
  expect((await second.call('run_cancel', { run_id: id })).text).toMatch(/^NOT_FOUND/);
  expect((await second.call('run_report', { run_id: 'latest' })).text).toMatch(/^NOT_FOUND/);
  const exited = once(other.child, 'exit');
  other.child.kill('SIGTERM');
  await exited;
  const { text } = await first.call('run_report', { run_id: id, wait_seconds: 0 });
  expect(text).toContain(`${id} is still running`);
});

test('a client that goes away ends neither its own run nor that of a client beside it', async () => {
  const { url } = await startTarget();
  const server = await startHttpServer();
  for (const transport of ['http', 'sse'] as const) {
    const [leaving, staying] = [
      await connectTo(server, '1.x', transport),
      await connectTo(server, '1.x', transport),
    ];
    const started = await leaving.call('scenario_run', { yaml: longLoad(url), wait_seconds: 0 });
    const id = /run_[0-9a-f]{16}/.exec(started.text)?.[0] ?? '';
    await leaving.close();
    const { text } = await staying.call('run_report', { run_id: id, wait_seconds: 0 });
    expect(text).toContain(`${id} is still running`);
    expect((await staying.call('run_cancel', { run_id: id })).text).toMatch(/cancelled/);
  }
});
