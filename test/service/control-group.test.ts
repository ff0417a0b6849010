import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  findMount,
  findPlace,
  listMembers,
  makeControlGroup,
  moveInto,
  removeControlGroup,
} from '../../src/service/control-group.ts';
import { readProc } from '../../src/service/processes.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { IDLE, mayMakeGroups, startScript } from './running.ts';

const mount = findMount();

const withGroups = test.runIf(mayMakeGroups());

function homeOf(pid: number): string {
  return join(mount!, /^0::(\/.*)$/m.exec(readProc(`${pid}/cgroup`) ?? '')?.[1] ?? '');
}

withGroups('a process moves into a group and home again, and the group is removed', async () => {
  const { pid } = await startScript(IDLE);
  const home = homeOf(pid);
  const folder = join(mount!, `breakwater-test-${process.pid}`);
  expect(await makeControlGroup(folder)).toBeNull();
  onTestFinished(async () => void (await removeControlGroup({ folder, home })));
  await moveInto(folder, [pid]);
  expect(await listMembers(folder)).toEqual([pid]);
  expect(homeOf(pid)).toBe(folder);
  expect(await removeControlGroup({ folder, home })).toBe(true);
  expect(homeOf(pid)).toBe(home);
  expect(existsSync(folder)).toBe(false);
  expect(await removeControlGroup({ folder, home })).toBe(true);
});

withGroups('a process that has ended meanwhile is passed over', async () => {
  const folder = join(mount!, `breakwater-gone-${process.pid}`);
  await makeControlGroup(folder);
  const home = homeOf(process.pid);
  onTestFinished(async () => void (await removeControlGroup({ folder, home })));
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  await moveInto(folder, [child.pid!]);
  expect(await listMembers(folder)).toEqual([]);
});

test('nothing but a group of ours is removed', async () => {
  const folder = await makeTempFolder();
  mkdirSync(join(folder, 'breakwater-1'));
  expect(await removeControlGroup({ folder: join(folder, 'breakwater-1'), home: folder })).toBe(false);
  expect(existsSync(join(folder, 'breakwater-1'))).toBe(true);
});

test('a controller that no group above hands down has no place', async () => {
  expect(await findPlace(process.pid, 'no-such-controller')).toBeNull();
});

test('a group that cannot be made says why', async () => {
  expect(await makeControlGroup(join(await makeTempFolder(), 'no', 'such'))).toBe('ENOENT');
});
