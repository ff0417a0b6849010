import { spawnSync } from 'node:child_process';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { trust } from '../../src/trust.ts';
import { allToolsRequired, findPython } from '../examples/find-python.ts';
import { repository, startHost } from '../helpers/mcp-client.ts';
import { findPostgres, startPostgres } from '../helpers/postgres.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const { python, why } = findPython();
const postgres = findPostgres();
const hasDriver = python !== null && spawnSync(python, ['-c', 'import psycopg']).status === 0;
const missing =
  python === null ? why : !hasDriver ? 'no psycopg for Python' : postgres === null ? 'no PostgreSQL' : null;
if (missing !== null) {
  if (allToolsRequired()) throw new Error(`${missing}, and it is required here`);
  console.warn(`SKIPPED users-fastapi on PostgreSQL, patched and verified: ${missing}`);
}

test.skipIf(missing !== null)(
  'a blocked event loop is found by review, patched, and fixed as measured',
  async () => {
    const { port } = await startPostgres(postgres ?? '');
    const workspace = await makeTempFolder();
    const home = await makeTempFolder();
    await cp(join(repository, 'examples/users-fastapi'), workspace, { recursive: true });
    await writeFile(
      join(workspace, 'breakwater.yaml'),
      `app:
  command: ["${python}", -m, uvicorn, "app:app", --port, "{port}"]
  ready: http://127.0.0.1:{port}/
  env: { DATABASE_URL: "postgresql+psycopg://postgres@{db}/postgres" }
dependencies:
  db: psql://127.0.0.1:${port}
`,
    );
    // A dozen users at a time, each of whose requests needs a few round trips of 100 ms to the database: side by side
    // they take what one takes, behind a blocked event loop ten times as much. (More at a time would run out of the
    // pool of 15, whose waiting blocks the loop that would give a connection back: true, but slow to watch.)
    await writeFile(
      join(workspace, 'scenario.yaml'),
      `title: The database is 100 ms away
config:
  setup:
  - { method: POST, url: "http://127.0.0.1:9090/users/", headers: { content-type: application/json }, body: '{"name":"a","password":"b"}', capture: { user_id: /id } }
items:
- call: { method: GET, url: "http://127.0.0.1:9090/users/{user_id}", timeout: 60000 }
  context:
    upstreams: [ "psql://127.0.0.1:${port}" ]
    faults: [ { type: latency, mean: 100, global: false } ]
    strategy: { mode: load, duration: 1s, clients: 12, rps: 1, baseline: false }
    slo: [ { slo_type: latency, objective: 50, threshold: 800 } ]
`,
    );
    const { file } = await loadConfig({ workspace, stateHome: home });
    if (file !== null) await trust(home, file, new Date());
    const { call } = await startHost({ workspace, env: { BREAKWATER_HOME: home }, answer: 'accept' });
    const { text: reviewed } = await call('review_code', { rules: ['python-sync-session-in-async-route'] });
    const findings = [...new Set(reviewed.match(/fnd_[0-9a-f]+/g))];
    expect(findings).toHaveLength(2);
    await call('patch_propose', { finding_ids: findings });
    const { text } = await call('patch_verify', {
      patch_id: 'latest',
      file: 'scenario.yaml',
      wait_seconds: 300,
    });
    expect(text).toMatch(/^fixed: /);
  },
  300_000,
);
