import { cp, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { trust } from '../../src/trust.ts';
import { repository, startHost } from '../helpers/mcp-client.ts';
import { findPostgres, startPostgres } from '../helpers/postgres.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const postgres = findPostgres();
if (postgres === null) {
  const why = 'PostgreSQL (initdb, postgres) is not installed';
  if (process.env.BREAKWATER_TEST_REQUIRE_ALL === '1') throw new Error(`${why}, and it is required here`);
  console.warn(`SKIPPED a service on PostgreSQL, verified through its proxy: ${why}`);
}

test.skipIf(postgres === null)(
  'a service that reaches PostgreSQL through the proxy by DATABASE_URL: found, patched, fixed',
  async () => {
    const { port } = await startPostgres(postgres ?? '');
    const workspace = await makeTempFolder();
    const home = await makeTempFolder();
    await cp(join(repository, 'examples/stories'), workspace, { recursive: true });
    await symlink(join(repository, 'node_modules'), join(workspace, 'node_modules'), 'junction');
    await writeFile(
      join(workspace, 'breakwater.yaml'),
      `app:
  command: [node, server.js]
  ready: "http://127.0.0.1:{port}/health"
  env: { PORT: "{port}", DATABASE_URL: "postgres://postgres@{db}/postgres" }
dependencies:
  db: psql://127.0.0.1:${port}
`,
    );
    await writeFile(
      join(workspace, 'scenario.yaml'),
      `title: The database goes silent
items:
- call: { method: GET, url: "http://127.0.0.1:7300/stories", timeout: 15000 }
  context:
    upstreams: [ "psql://127.0.0.1:${port}" ]
    faults: [ { type: blackhole } ]
  expect: { status: 503, response_time_under: 12000 }
`,
    );
    const { file } = await loadConfig({ workspace, stateHome: home });
    if (file !== null) await trust(home, file, new Date());
    const { call } = await startHost({ workspace, env: { BREAKWATER_HOME: home }, answer: 'accept' });
    const reviewed = (await call('review_code', { rules: ['js-pg-pool-without-timeouts'] })).text;
    const findings = [...new Set(reviewed.match(/fnd_[0-9a-f]+/g))];
    expect(findings).toHaveLength(1);
    expect(reviewed).toContain('[high]');
    await call('patch_propose', { finding_ids: findings });
    const { text } = await call('patch_verify', { patch_id: 'latest', file: 'scenario.yaml' });
    expect(text).toMatch(/^fixed: /);
    expect(text).toMatch(/timeout.*503/s);
  },
  180_000,
);
