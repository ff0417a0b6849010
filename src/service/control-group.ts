import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { systemErrorCode } from '../errors.ts';
import { isInside } from '../policy.ts';
import { readProc } from './processes.ts';

/** Control groups of ours are known by their names. */
const NAME = 'breakwater-';
const REMOVE_TRIES = 20;
const REMOVE_PAUSE_MS = 50;

/** Where a process is, and where a group of ours may stand (cgroup v2; Documentation/admin-guide/cgroup-v2.rst). */
export interface ControlGroupPlace {
  /** The group that the process is in. */
  readonly home: string;
  /** A folder that does not exist yet, in the nearest group above that hands the controller down. */
  readonly folder: string;
}

/** Finds a place for a group with `controller` beside or above that of `pid`; `null`: there is none. */
export async function findPlace(pid: number, controller: string): Promise<ControlGroupPlace | null> {
  const mount = findMount();
  const path = /^0::(\/.*)$/m.exec(readProc(`${pid}/cgroup`) ?? '')?.[1];
  if (mount === null || path === undefined) return null;
  const home = join(mount, path);
  // A group with processes hands nothing down, unless it is the root: the search goes upwards from the process.
  for (let parent = home; isInside(mount, parent); parent = dirname(parent)) {
    const handed = await readFile(join(parent, 'cgroup.subtree_control'), 'utf8').catch(() => '');
    if (handed.trim().split(' ').includes(controller)) {
      return { home, folder: join(parent, `${NAME}${randomBytes(6).toString('hex')}`) };
    }
  }
  return null;
}

/** Where cgroup v2 is mounted; `null`: nowhere. */
export function findMount(): string | null {
  return /^\S+ (\S+) cgroup2 /m.exec(readProc('self/mounts') ?? '')?.[1] ?? null;
}

/** Makes the group; says why it cannot be made (`EACCES`, `EROFS`), or `null`. */
export async function makeControlGroup(folder: string): Promise<string | null> {
  return mkdir(folder).then(
    () => null,
    (error: unknown) => systemErrorCode(error) ?? 'unknown reason',
  );
}

/** Moves processes into a group; what has ended meanwhile is passed over. Memory that they hold stays where it is. */
export async function moveInto(folder: string, pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    await writeFile(join(folder, 'cgroup.procs'), String(pid)).catch((error: unknown) => {
      if (systemErrorCode(error) !== 'ESRCH') throw error;
    });
  }
}

/** Ids of the processes in a group; empty when there is no such group. */
export async function listMembers(folder: string): Promise<readonly number[]> {
  const text = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean).map(Number);
}

/** Sends a group's processes home and removes it; says whether it is gone. Only groups of ours are touched. */
export async function removeControlGroup({ folder, home }: ControlGroupPlace): Promise<boolean> {
  const mount = findMount();
  if (mount === null || !isInside(mount, folder) || !basename(folder).startsWith(NAME)) return false;
  for (let tries = 0; tries < REMOVE_TRIES; tries += 1) {
    try {
      await moveInto(home, await listMembers(folder));
      await rmdir(folder);
      return true;
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return true;
      // EBUSY: something was born there meanwhile, or is not yet reaped.
      await pause(REMOVE_PAUSE_MS);
    }
  }
  return false;
}
