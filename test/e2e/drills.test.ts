import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../src/config.ts';
import { trust } from '../../src/trust.ts';
import { repository, startHost, type TestHost } from '../helpers/mcp-client.ts';
import { startPostgres } from '../helpers/postgres.ts';
import { startRedis } from '../helpers/redis.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { demandPostgres, demandRedis } from '../helpers/tools-here.ts';

const what = 'drills on a service with PostgreSQL and Redis';
const bin = demandPostgres(what);
const areThere = demandRedis(what) && bin !== null;

/** Longer than the users wait, so that requests that hang are seen to. */
const PHASE_SECONDS = 4;
const DRILLS = ['database_down', 'cache_down', 'slow_query', 'application_crash'];

const facts = z.object({
  state: z.string(),
  overall_score: z.number().nullable(),
  drills: z.array(
    z.object({
      id: z.string(),
      inconclusive: z.string().nullable(),
      score: z.number().nullable(),
      recovered_after_ms: z.number().nullable(),
      issues: z.array(z.object({ id: z.string() })),
    }),
  ),
});
const file = z.object({
  results: z.array(
    z.object({
      plan: z.object({ id: z.string() }),
      durability: z.array(
        z.object({
          type: z.string(),
          acknowledged: z.number(),
          lost: z.number(),
          rpo_ms: z.number().nullable(),
        }),
      ),
      dependencies: z.array(
        z.object({
          name: z.string(),
          unasked: z.string().nullable(),
          voices: z.array(z.looseObject({ kind: z.string() })),
          traffic: z.array(z.object({ connections: z.number(), exchanges: z.number() })),
        }),
      ),
    }),
  ),
});

/** The example's folder, its dependencies on free ports, its commands approved. */
async function prepare(folder: string) {
  const [{ port: postgres }, { port: redis }] = [await startPostgres(bin ?? ''), await startRedis()];
  const workspace = await makeTempFolder();
  const home = await makeTempFolder();
  await cp(join(repository, 'examples', folder), workspace, { recursive: true });
  await symlink(join(repository, 'node_modules'), join(workspace, 'node_modules'), 'junction');
  const path = join(workspace, 'breakwater.yaml');
  const yaml = await readFile(path, 'utf8');
  await writeFile(
    path,
    yaml
      .replace(':7432', `:${postgres}`)
      .replace(':7379', `:${redis}`)
      .replaceAll('timeout: 3s', 'timeout: 2s'),
  );
  return open(workspace, home);
}

async function open(workspace: string, home: string) {
  const config = await loadConfig({ workspace, stateHome: home });
  if (config.file !== null) await trust(home, config.file, new Date());
  const host = await startHost({
    workspace,
    env: { BREAKWATER_HOME: home },
    flags: ['--structured-output'],
  });
  return { workspace, host };
}

/** Runs drills to their end and gives the answer with what was measured. */
async function drill(
  { workspace, host }: { readonly workspace: string; readonly host: TestHost },
  args: object,
) {
  let answer = await host.call('drill_run', { ...args, wait_seconds: 60 });
  const id = /drl_[0-9a-f]+/.exec(answer.text)?.[0] ?? '';
  while (/"state": ?"running"/.test(JSON.stringify(answer.structured)))
    answer = await host.call('run_report', { run_id: id, wait_seconds: 60 });
  expect(answer.isError, answer.text).toBe(false);
  const kept = await readFile(join(workspace, '.breakwater/drills', id, 'drill.json'), 'utf8');
  const { results } = file.parse(JSON.parse(kept));
  const told = facts.parse(answer.structured);
  return {
    told,
    text: answer.text,
    issuesOf: (drillId: string) =>
      told.drills.find((each) => each.id === drillId)?.issues.map((issue) => issue.id) ?? [],
    resultOf: (drillId: string) => results.find(({ plan }) => plan.id === drillId),
  };
}

test.skipIf(!areThere)(
  'drills find the weaknesses of the stories, and not of the hardened ones, which score clearly higher',
  async () => {
    const args = { drills: DRILLS, phase_seconds: PHASE_SECONDS };
    const weak = await drill(await prepare('stories'), args);
    const hardened = await drill(await prepare('stories-hardened'), args);
    for (const { told } of [weak, hardened]) {
      expect(told.state).toBe('finished');
      expect(told.drills.map(({ id, inconclusive }) => [id, inconclusive])).toEqual(
        DRILLS.map((id) => [id, null]),
      );
    }

    expect(weak.issuesOf('database_down')).toEqual(
      expect.arrayContaining(['process_ended', 'not_recovered']),
    );
    expect(weak.issuesOf('cache_down')).toEqual(
      expect.arrayContaining(['cache_is_needed', 'health_says_well']),
    );
    expect(weak.issuesOf('slow_query')).toContain('requests_hang');
    expect(weak.issuesOf('application_crash')).toContain('writes_lost');

    const grave = ['process_ended', 'not_recovered', 'cache_is_needed', 'requests_hang', 'writes_lost'];
    for (const id of DRILLS)
      expect(hardened.issuesOf(id).filter((issue) => grave.includes(issue))).toEqual([]);
    for (const { recovered_after_ms } of hardened.told.drills) expect(recovered_after_ms).not.toBeNull();
    expect(hardened.told.overall_score).toBeGreaterThan((weak.told.overall_score ?? 10) + 2);

    // Drafts are acknowledged before they are stored; stories are not.
    const lost = weak.resultOf('application_crash')?.durability;
    expect(lost?.find(({ type }) => type === 'drafts')).toMatchObject({
      lost: expect.toSatisfy((count) => count > 0),
      rpo_ms: expect.toSatisfy((ms) => ms > 0),
    });
    expect(lost?.find(({ type }) => type === 'user_data')).toMatchObject({ lost: 0, rpo_ms: 0 });
    for (const record of hardened.resultOf('application_crash')?.durability ?? [])
      expect(record).toMatchObject({ lost: 0, rpo_ms: 0 });

    // Both dependencies were asked about themselves, and looked at from their proxies.
    for (const dependency of hardened.resultOf('cache_down')?.dependencies ?? []) {
      expect(dependency.unasked).toBeNull();
      const kind = dependency.name === 'db' ? 'postgres' : 'redis';
      expect(dependency.voices.length).toBeGreaterThan(0);
      expect(new Set(dependency.voices.map((voice) => voice.kind))).toEqual(new Set([kind]));
      expect(dependency.traffic.at(-1)?.exchanges).toBeGreaterThan(0);
    }
  },
  600_000,
);

const WAKES_LATE_MS = 1_500;
/** Answers 503 while its dependency refuses, and until so long after it answers again. */
const LATE_SERVICE = `
import { createServer } from 'node:http';
import { connect } from 'node:net';
let wellAtMs = 0;
let isAway = false;
function look() {
  const socket = connect(Number(process.env.DB_PORT), '127.0.0.1');
  let answered = false;
  socket.on('data', () => { answered = true; socket.end(); });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (answered && isAway) wellAtMs = performance.now() + ${WAKES_LATE_MS};
    isAway = !answered;
    setTimeout(look, 10);
  });
  socket.write('?');
}
look();
createServer((request, response) => {
  response.statusCode = isAway || performance.now() < wellAtMs ? 503 : 200;
  response.end();
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

test('a service that is well again at a known moment is found to be so within half a second', async () => {
  const { serveTcp } = await import('../proxy/support/servers.ts');
  const port = await serveTcp((socket) => socket.pipe(socket));
  const workspace = await makeTempFolder();
  await writeFile(join(workspace, 'server.mjs'), LATE_SERVICE);
  await writeFile(
    join(workspace, 'breakwater.yaml'),
    `app:
  command: [node, server.mjs]
  ready: "http://127.0.0.1:{port}/"
  env: { PORT: "{port}", DB_PORT: "{db.port}" }
dependencies:
  db: psql://127.0.0.1:${port}
drills:
  load: [ { url: / } ]
  users: 20
  rate: 2
  recovery: { p95_slack: 10s }
`,
  );
  const args = { drills: ['database_down'], phase_seconds: 2 };
  const { told } = await drill(await open(workspace, await makeTempFolder()), args);
  const recoveredAfterMs = told.drills[0]?.recovered_after_ms ?? null;
  expect(recoveredAfterMs).not.toBeNull();
  expect(recoveredAfterMs).toBeGreaterThanOrEqual(WAKES_LATE_MS);
  expect(recoveredAfterMs).toBeLessThanOrEqual(WAKES_LATE_MS + 500);
}, 120_000);
