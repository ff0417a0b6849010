import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ClientKind, TransportKind } from '../helpers/any-client.ts';
import { connectAny } from '../helpers/clients.ts';
import { startTarget } from '../helpers/http-target.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const TEMPLATE = `
title: A slow start of {{endpoint}}
items:
- context: { faults: [{ type: latency, mean: 50 }] }
  expect: { status: documented }
`;
const DOCUMENT = {
  openapi: '3.0.3',
  info: { title: 'Small', version: '1' },
  paths: { '/health': { get: { responses: { 200: { description: 'It works.' } } } } },
};
const longLoad = (url: string) => `
title: A latency under load
items:
- call: { method: GET, url: ${url}/health }
  context:
    upstreams: [ ${url} ]
    faults: [ { type: latency, mean: 20 } ]
    strategy: { mode: load, duration: 60s, clients: 2, rps: 20, baseline: false }
    slo: [ { slo_type: error, objective: 99, threshold: 1 } ]
`;

/** Every pair of client and transport that there is: HTTP with SSE ended before protocol 2026-07-28 began. */
const PAIRS: readonly (readonly [ClientKind, TransportKind])[] = [
  ...(['1.x', '2.x legacy', '2.x auto', '2.x 2026-07-28'] as const).flatMap((kind) =>
    (['stdio', 'http'] as const).map((transport) => [kind, transport] as const),
  ),
  ['1.x', 'sse'],
  ['2.x legacy', 'sse'],
  ['2.x auto', 'sse'],
];

test.each(PAIRS)(
  'the loop works for the client %s over %s, with progress and a cancel',
  async (kind, transport) => {
    const { url } = await startTarget();
    const workspace = await makeTempFolder();
    await mkdir(join(workspace, 'chaos'));
    await writeFile(join(workspace, 'chaos', 'slow_start.yaml'), TEMPLATE);
    await writeFile(join(workspace, 'openapi.json'), JSON.stringify(DOCUMENT));
    const client = await connectAny(kind, transport, workspace);
    expect(await client.listTools()).toContain('scenario_run');

    const made = await client.call('scenario_generate', {
      ...{ spec: 'openapi.json', base_url: url, templates: 'chaos', shapes: ['slow_start'] },
    });
    const scenario = /scn_[0-9a-f]{16}/.exec(made.text)?.[0];
    const ran = await client.call('scenario_run', { scenario_id: scenario });
    expect(ran).toMatchObject({ isError: false, text: expect.stringContaining('1 pass, 0 fail') });
    const report = await client.call('run_report', { run_id: idIn(ran.text), view: 'full' });
    expect(report.text).toContain('A slow start of GET /health');

    const steps: number[] = [];
    const stop = new AbortController();
    const waiting = client.call(
      'scenario_run',
      { yaml: longLoad(url) },
      {
        signal: stop.signal,
        onProgress: (progress) => {
          steps.push(progress);
          if (steps.length === 2) stop.abort();
        },
      },
    );
    await expect(waiting).rejects.toThrow();
    expect(steps[1]).toBeGreaterThan(steps[0] ?? Number.NaN);
    // A host that stops waiting detaches from the run; only run_cancel ends it.
    const detached = await client.call('run_report', { run_id: 'latest', wait_seconds: 0 });
    expect(detached.text).toMatch(/is still running/);
    const cancelled = await client.call('run_cancel', { run_id: idIn(detached.text) });
    expect(cancelled.text).toMatch(/cancelled/);
    expect(await client.call('proxy_list')).toMatchObject({ isError: false });
  },
);

function idIn(text: string): string {
  return /run_[0-9a-f]{16}/.exec(text)?.[0] ?? '';
}
