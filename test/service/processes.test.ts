import { expect, test } from 'vitest';
import {
  askForStart,
  identify,
  isRunning,
  isSameRunning,
  listGroupPids,
  signalSame,
} from '../../src/service/processes.ts';
import { IDLE, startScript } from './running.ts';

const WITH_CHILD = `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const apart = spawn(process.execPath, ['-e', 'process.stdin.resume(); process.stdin.on("end", () => process.exit())'],
    { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  console.log(child.pid, apart.pid);
`;

test('the pids of a group are those of the command and its children, not those of other groups', async () => {
  const { pid, line } = await startScript(WITH_CHILD);
  const [child, apart] = line.split(' ').map(Number);
  const pids = await listGroupPids(pid);
  expect(pids).toEqual([pid, child].toSorted((a, b) => a! - b!));
  expect(pids).not.toContain(apart);
  expect(await listGroupPids(apart!)).toEqual([apart]);
});

test('a process that has ended is in no group, and runs no more', async () => {
  const { pid } = await startScript(IDLE);
  expect(isRunning(pid)).toBe(true);
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => listGroupPids(pid), { timeout: 30_000 }).toEqual([]);
  expect(isRunning(pid)).toBe(false);
});

test.runIf(process.platform === 'linux')(
  'a process is known again by its id and its start, and another with that id gets no signal',
  async () => {
    const { pid } = await startScript(IDLE);
    const me = identify(pid);
    const other = { pid, started: `${me.started}1` };
    expect(isSameRunning(me)).toBe(true);
    expect(isSameRunning(other)).toBe(false);
    expect(signalSame(other, 'SIGKILL')).toBe(false);
    expect(isRunning(pid)).toBe(true);
    expect(signalSame(me, 'SIGKILL')).toBe(true);
    await expect.poll(() => isSameRunning(me), { timeout: 30_000 }).toBe(false);
  },
);

test.skipIf(process.platform === 'win32')(
  'ps tells when a process was started, and nothing of one that is gone',
  async () => {
    const { pid } = await startScript(IDLE);
    expect(askForStart(pid)).toMatch(/^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$/);
    expect(askForStart(pid)).toBe(askForStart(pid));
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => askForStart(pid), { timeout: 30_000 }).toBeNull();
  },
);
