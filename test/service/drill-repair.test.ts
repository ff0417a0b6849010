import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { findMount, makeControlGroup, moveInto } from '../../src/service/control-group.ts';
import type { Mend } from '../../src/service/drill-journal.ts';
import { type RepairDeps, repairInterrupted } from '../../src/service/drill-repair.ts';
import { findProgram } from '../../src/service/find-program.ts';
import { identify, isRunning, lookAtProcess, readProc } from '../../src/service/processes.ts';
import { openStore, type Store } from '../../src/store.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { IDLE, mayMakeGroups, startScript } from './running.ts';

const onLinux = test.runIf(process.platform === 'linux');
const SINCE = '2026-02-18T10:00:00.000Z';
const PATH = 'drills/open/drl_1.json';

async function startIdle(): Promise<number> {
  return (await startScript(IDLE)).pid;
}

/** A process that has ended. */
async function findDead() {
  const child = spawn(process.execPath, ['-e', '']);
  const identity = identify(child.pid!);
  await once(child, 'exit');
  return identity;
}

async function leaveNote(
  store: Store,
  mend: Mend,
  owner: { pid: number; started: string | null },
): Promise<void> {
  await store.writeText(PATH, JSON.stringify({ owner, broke: 'something stopped', since: SINCE, mend }));
}

async function makeWorkspace() {
  const folder = await makeTempFolder();
  const store = openStore(folder);
  const deps: RepairDeps = {
    clock: systemClock,
    baseEnv: { PATH: process.env.PATH ?? '' },
    app: { folder, env: {} },
    startCommands: [],
  };
  return { folder, store, deps, isOpen: async () => (await store.readText(PATH)) !== null };
}

/** A command that leaves the file `started` in the folder that it runs in. */
const START = [process.execPath, '-e', "require('node:fs').writeFileSync('started', '')"];

test('what was stopped is started again by the command that breakwater.yaml names', async () => {
  const { folder, store, deps, isOpen } = await makeWorkspace();
  await leaveNote(store, { kind: 'command', command: START, folder }, await findDead());
  const repairs = await repairInterrupted(store, { ...deps, startCommands: [['other'], START] });
  expect(repairs).toMatchObject([{ broke: 'something stopped', since: SINCE, mended: true }]);
  expect(repairs[0]!.text).toMatch(/^It was started again: /);
  expect(existsSync(join(folder, 'started'))).toBe(true);
  expect(await isOpen()).toBe(false);
  expect(await repairInterrupted(store, deps)).toEqual([]);
});

test.each([
  ['not approved', null, 'is not approved'],
  ['changed meanwhile', [['docker', 'compose', 'start', 'db']], 'no longer names that command'],
] as const)(
  'with breakwater.yaml %s nothing is run, and the user is told the command',
  async (_how, commands, why) => {
    const { folder, store, deps, isOpen } = await makeWorkspace();
    await leaveNote(store, { kind: 'command', command: START, folder }, await findDead());
    const repairs = await repairInterrupted(store, { ...deps, startCommands: commands });
    expect(repairs).toMatchObject([{ mended: false, text: expect.stringContaining(why) }]);
    expect(repairs[0]!.text).toContain(`start it by hand, in ${folder}: ${process.execPath} -e`);
    expect(repairs[0]!.text).toContain(`Then remove .breakwater/${PATH}.`);
    expect(existsSync(join(folder, 'started'))).toBe(false);
    expect(await isOpen()).toBe(true);
  },
);

test('a note that names another folder runs nothing', async () => {
  const { store, deps } = await makeWorkspace();
  const elsewhere = await makeTempFolder();
  await leaveNote(store, { kind: 'command', command: START, folder: elsewhere }, await findDead());
  const repairs = await repairInterrupted(store, { ...deps, startCommands: [START] });
  expect(repairs).toMatchObject([{ mended: false }]);
  expect(existsSync(join(elsewhere, 'started'))).toBe(false);
});

test('a start command that fails leaves the note and says what to do', async () => {
  const { folder, store, deps, isOpen } = await makeWorkspace();
  const command = [process.execPath, '-e', 'process.exit(4)'];
  await leaveNote(store, { kind: 'command', command, folder }, await findDead());
  const [repair] = await repairInterrupted(store, { ...deps, startCommands: [command] });
  expect(repair).toMatchObject({ mended: false, text: expect.stringContaining('exit code 4') });
  expect(await isOpen()).toBe(true);
});

onLinux('a note whose owner still runs is left alone', async () => {
  const { folder, store, deps, isOpen } = await makeWorkspace();
  await leaveNote(store, { kind: 'command', command: START, folder }, identify(await startIdle()));
  expect(await repairInterrupted(store, { ...deps, startCommands: [START] })).toEqual([]);
  expect(await isOpen()).toBe(true);
});

onLinux('a new process with the id of the owner is not the owner', async () => {
  const { folder, store, deps } = await makeWorkspace();
  const other = { ...identify(await startIdle()), started: 'another start' };
  await leaveNote(store, { kind: 'command', command: START, folder }, other);
  expect(await repairInterrupted(store, { ...deps, startCommands: [START] })).toMatchObject([
    { mended: true },
  ]);
});

onLinux('a stopped process is let go on, and one that only has its id is not touched', async () => {
  const { store, deps } = await makeWorkspace();
  const [ours, others] = await Promise.all([startIdle(), startIdle()]);
  const stateOf = (pid: number) => lookAtProcess(pid)?.state;
  process.kill(ours, 'SIGSTOP');
  process.kill(others, 'SIGSTOP');
  await expect.poll(() => [stateOf(ours), stateOf(others)], { timeout: 30_000 }).toEqual(['T', 'T']);
  const processes = [identify(ours), { ...identify(others), started: 'another start' }];
  await leaveNote(store, { kind: 'continue', processes }, await findDead());
  expect(await repairInterrupted(store, deps)).toMatchObject([
    { mended: true, text: '1 process was let go on.' },
  ]);
  await expect.poll(() => stateOf(ours), { timeout: 30_000 }).toBe('S');
  expect(stateOf(others)).toBe('T');
});

onLinux('a stressor that is left is ended, and one that only has its id is not', async () => {
  const { store, deps } = await makeWorkspace();
  const [ours, others] = await Promise.all([startIdle(), startIdle()]);
  const processes = [identify(ours), { ...identify(others), started: 'another start' }];
  await leaveNote(store, { kind: 'end', processes }, await findDead());
  expect(await repairInterrupted(store, deps)).toMatchObject([{ mended: true }]);
  await expect.poll(() => isRunning(ours), { timeout: 30_000 }).toBe(false);
  expect(isRunning(others)).toBe(true);
});

const canLimit = (await findProgram('prlimit', { PATH: process.env.PATH ?? '' })) !== null;
if (!canLimit) console.warn('SKIPPED lifting a limit on data: there is no program "prlimit" on the PATH');

test.runIf(canLimit)('a limit on data is lifted', async () => {
  const { store, deps } = await makeWorkspace();
  const pid = await startIdle();
  const limitOf = () => /^Max data size +(\S+)/m.exec(readProc(`${pid}/limits`) ?? '')?.[1];
  const setting = spawn('prlimit', ['--pid', String(pid), '--data=9000000000:'], { stdio: 'inherit' });
  await once(setting, 'exit');
  expect(limitOf()).toBe('9000000000');
  await leaveNote(
    store,
    { kind: 'data_limit', processes: [identify(pid)], limit: 'unlimited' },
    await findDead(),
  );
  expect(await repairInterrupted(store, deps)).toMatchObject([{ mended: true }]);
  expect(limitOf()).toBe('unlimited');
});

const mount = findMount();

test.runIf(mayMakeGroups())('a control group that is left is removed, its processes sent home', async () => {
  const { store, deps } = await makeWorkspace();
  const pid = await startIdle();
  const groupOf = () => /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1] ?? '';
  const before = groupOf();
  const folder = join(mount!, `breakwater-left-${process.pid}`);
  await makeControlGroup(folder);
  await moveInto(folder, [pid]);
  await leaveNote(store, { kind: 'cgroup', folder, home: join(mount!, before) }, await findDead());
  expect(await repairInterrupted(store, deps)).toMatchObject([
    { mended: true, text: 'The control group was removed.' },
  ]);
  expect(existsSync(folder)).toBe(false);
  expect(groupOf()).toBe(before);
});

test('a note that cannot be read is told and left', async () => {
  const { store, deps, isOpen } = await makeWorkspace();
  await store.writeText(PATH, '{ "owner": ');
  expect(await repairInterrupted(store, deps)).toMatchObject([
    { mended: false, text: expect.stringContaining(`.breakwater/${PATH}`) },
  ]);
  expect(await isOpen()).toBe(true);
});
