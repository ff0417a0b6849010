import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { identify } from '../../src/service/processes.ts';
import { openStore } from '../../src/store.ts';
import { trust } from '../../src/trust.ts';
import { runShell, startShell } from '../helpers/shell.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const NOTE = 'drills/open/drl_1.json';
const START = ['node', 'start.mjs'];
const YAML = `
app: { command: [node, server.js], ready: "http://127.0.0.1:{port}/" }
dependencies: { db: "psql://127.0.0.1:5432" }
drills: { run: [{ kind: database_down, stop: node stop.mjs, start: node start.mjs }] }
`;

/** A workspace in which a drill was killed while the user's own command had stopped something. */
async function leaveInterrupted() {
  const workspace = await makeTempFolder();
  await writeFile(join(workspace, 'breakwater.yaml'), YAML);
  const script = "import { writeFileSync } from 'node:fs'; writeFileSync('started', '');";
  await writeFile(join(workspace, 'start.mjs'), script);
  const dead = spawn(process.execPath, ['-e', '']);
  const owner = identify(dead.pid!);
  await once(dead, 'exit');
  const mend = { kind: 'command', command: START, folder: workspace };
  const note = { owner, broke: 'stopped by "node stop.mjs"', since: '2026-02-18T10:00:00.000Z', mend };
  await openStore(workspace).writeText(NOTE, JSON.stringify(note));
  const stateHome = join(workspace, '.home');
  return {
    workspace,
    isStarted: () => existsSync(join(workspace, 'started')),
    isNoted: async () => (await openStore(workspace).readText(NOTE)) !== null,
    async approve() {
      const { file } = await loadConfig({ workspace, stateHome });
      await trust(stateHome, file!, new Date());
    },
  };
}

test('the doctor runs no command that is not approved, but says it; once approved, it mends', async () => {
  const { workspace, isStarted, isNoted, approve } = await leaveInterrupted();
  const before = await runShell(workspace, ['doctor']);
  expect(before.status).not.toBe(0);
  expect(before.stdout).toContain(
    `amiss   drills: A drill was interrupted (2026-02-18T10:00:00.000Z): stopped by "node stop.mjs". breakwater.yaml is not approved in its present form, so start it by hand, in ${workspace}: node start.mjs.`,
  );
  expect(isStarted()).toBe(false);
  await approve();
  const after = await runShell(workspace, ['doctor']);
  expect(after.stdout).toContain('stopped by "node stop.mjs". It was started again: node start.mjs.');
  expect(isStarted()).toBe(true);
  expect(await isNoted()).toBe(false);
  expect((await runShell(workspace, ['doctor'])).stdout).toContain('ok      drills: none was interrupted');
});

test('the server mends it when it starts, and says so on stderr', async () => {
  const { workspace, isStarted, isNoted, approve } = await leaveInterrupted();
  await approve();
  const { child, ended } = startShell(workspace, ['serve', '--http', '127.0.0.1:0']);
  await expect.poll(isNoted, { timeout: 60_000 }).toBe(false);
  expect(isStarted()).toBe(true);
  child.kill('SIGTERM');
  expect((await ended).stderr).toContain('It was started again: node start.mjs.');
});
