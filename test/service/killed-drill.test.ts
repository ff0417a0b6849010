import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { listOpenNotes, type OpenNote } from '../../src/service/drill-journal.ts';
import { repairInterrupted } from '../../src/service/drill-repair.ts';
import { findProgram } from '../../src/service/find-program.ts';
import { isRunning, isSameRunning } from '../../src/service/processes.ts';
import { openStore } from '../../src/store.ts';
import { startPostgres } from '../helpers/postgres.ts';
import { demandPostgres } from '../helpers/tools-here.ts';
import { makeProject } from './project.ts';
import { ECHO_SERVER } from './scripts.ts';

const onLinux = test.runIf(process.platform === 'linux');
const bin = demandPostgres('a drill that is killed while it holds sessions');
const baseEnv = { PATH: process.env.PATH ?? '' };
const canLimit = (await findProgram('prlimit', baseEnv)) !== null;
const canStress = (await findProgram('stress-ng', baseEnv)) !== null;
const from = (path: string) => JSON.stringify(resolve('src', path));

/** A process that starts a service, breaks something by `means`, prints the service's id, and stays. */
function breaking(means: string, env: Readonly<Record<string, string>> = baseEnv): string {
  return `
  import { systemClock as clock } from ${from('clock.ts')};
  import { createDrillService } from ${from('service/drill-service.ts')};
  import { openJournal } from ${from('service/drill-journal.ts')};
  import { createDrillMeans } from ${from('service/means/means.ts')};
  import { openStore } from ${from('store.ts')};
  const folder = process.cwd();
  const app = { folder, command: [process.execPath, 'main.mjs'], ready: 'http://127.0.0.1:{port}/',
    env: { PORT: '{port}', DATABASE_URL: 'postgres://postgres@{db}/postgres' }, install: null, test: null };
  const signal = new AbortController().signal;
  const deps = { clock, signal, baseEnv: ${JSON.stringify(env)} };
  const options = { folder, dependencies: { db: '127.0.0.1:1' }, readyTimeoutMs: 60000 };
  const service = await createDrillService(app, options, deps);
  const journal = openJournal(openStore(folder), clock);
  const means = createDrillMeans({ ...deps, app, journal, allowHosts: [] });
  await means.${means};
  console.log(service.groupId());
`;
}

interface Killed {
  readonly folder: string;
  /** The service that was broken. */
  readonly pid: number;
  readonly notes: readonly OpenNote[];
}

/** Runs it until something is broken, and kills it then. */
async function killWhileBroken(script: string): Promise<Killed> {
  const folder = await makeProject({ 'drill.mts': script, 'main.mjs': ECHO_SERVER });
  const tsx = resolve('node_modules/tsx/dist/esm/index.mjs');
  const child = spawn(process.execPath, ['--import', tsx, 'drill.mts'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const notes = (await listOpenNotes(openStore(folder))).map(({ note }) => note!);
  expect(notes).toHaveLength(1);
  // Its owner runs, so the note is nobody else's.
  expect(await repair(folder)).toEqual([]);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return { folder, pid: Number(line), notes };
}

function repair(folder: string, startCommands: readonly (readonly string[])[] | null = null) {
  return repairInterrupted(openStore(folder), {
    clock: systemClock,
    baseEnv,
    app: { folder, env: {} },
    startCommands,
  });
}

async function countNotes(folder: string): Promise<number> {
  return (await listOpenNotes(openStore(folder))).length;
}

onLinux('killed while it takes the processor, it leaves no stopped target behind', async () => {
  const { folder, pid } = await killWhileBroken(breaking('takeProcessor(service, 0.99, 600000)'));
  await expect.poll(() => isRunning(pid), { timeout: 30_000 }).toBe(false);
  expect(await repair(folder)).toMatchObject([{ mended: true, text: 'Nothing of it is left.' }]);
  expect(await countNotes(folder)).toBe(0);
});

const ENVS = [
  ...(canStress ? [{ name: 'stress-ng', env: baseEnv }] : []),
  { name: 'our own', env: { PATH: '/nowhere' } },
];

for (const { name, env } of ENVS) {
  for (const stress of ["'cpu', 0.1", "'memory', 0.004"]) {
    onLinux(
      `killed while it stresses the machine (${name}: ${stress}), it leaves no stressor behind`,
      async () => {
        const { folder, notes } = await killWhileBroken(breaking(`stressMachine(${stress}, 600000)`, env));
        const [mend] = notes.map((note) => note.mend);
        const stressors = mend?.kind === 'end' ? mend.processes : [];
        expect(stressors.length).toBeGreaterThan(0);
        await expect
          .poll(() => stressors.filter((one) => isSameRunning(one)), { timeout: 30_000 })
          .toEqual([]);
        expect(await repair(folder)).toMatchObject([{ mended: true }]);
        expect(await countNotes(folder)).toBe(0);
      },
    );
  }
}

test.runIf(canLimit && process.platform === 'linux')(
  'killed while it limits the memory, it leaves neither target nor note behind',
  async () => {
    const { folder, pid } = await killWhileBroken(breaking('limitMemory(service, 0.5, 600000)'));
    await expect.poll(() => isRunning(pid), { timeout: 30_000 }).toBe(false);
    expect(await repair(folder)).toMatchObject([{ mended: true }]);
    expect(await countNotes(folder)).toBe(0);
  },
);

test('killed while something is stopped by command, the next start starts it again', async () => {
  const start = ['node', '-e', "require('node:fs').writeFileSync('started', '')"];
  const stop = ['node', '-e', "require('node:fs').writeFileSync('stopped', '')"];
  const means = `runCommands(${JSON.stringify(stop)}, ${JSON.stringify(start)})`;
  const { folder } = await killWhileBroken(breaking(means));
  expect(existsSync(join(folder, 'stopped'))).toBe(true);
  expect(existsSync(join(folder, 'started'))).toBe(false);
  expect(await repair(folder, null)).toMatchObject([
    { mended: false, text: expect.stringContaining('by hand') },
  ]);
  expect(existsSync(join(folder, 'started'))).toBe(false);
  expect(await repair(folder, [start])).toMatchObject([{ mended: true }]);
  expect(existsSync(join(folder, 'started'))).toBe(true);
  expect(await countNotes(folder)).toBe(0);
});

test.skipIf(bin === null)(
  'killed while it holds sessions, the server ends them long before their time',
  async () => {
    const { port } = await startPostgres(bin ?? '');
    const client = new pg.Client({ connectionString: `postgres://postgres@127.0.0.1:${port}/postgres` });
    client.on('error', () => undefined);
    await client.connect();
    onTestFinished(() => client.end().catch(() => undefined));
    const { rows: version } = await client.query<{ number: number }>(
      "SELECT current_setting('server_version_num')::int AS number",
    );
    const dependency = `{ name: 'db', upstream: { protocol: 'psql', host: '127.0.0.1', port: ${port} } }`;
    const { folder } = await killWhileBroken(breaking(`holdSessions(${dependency}, 5, 600000)`));
    const count = async () =>
      (await client.query("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")).rows.length;
    // Before 14 the server does not look whether its client is there.
    if (version[0]!.number >= 140_000) await expect.poll(count, { timeout: 60_000 }).toBe(0);
    expect(await repair(folder)).toMatchObject([
      { mended: true, text: expect.stringContaining('end by themselves') },
    ]);
  },
  120_000,
);
