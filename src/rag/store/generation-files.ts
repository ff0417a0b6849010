import { randomBytes } from 'node:crypto';
import { closeSync, fsync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { link, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemErrorCode } from '../../errors.ts';

const sync = promisify(fsync);

/**
 * The files of an index. A generation is never written once it is published: it is built under a private name and
 * renamed to `generation.db`, and each reader opens a hard link of its own. The lock of this SQLite build is a folder
 * named after the path, kept for ever by a killed process; so no path is ever shared, and what dead processes left
 * is swept away.
 */
export class GenerationFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get published(): string {
    return join(this.#folder, 'generation.db');
  }

  /** Makes the folders, with a `.gitignore` of everything, and sweeps what dead processes left. */
  async prepare(): Promise<void> {
    await mkdir(join(this.#folder, 'private'), { recursive: true });
    await writeFile(join(this.#folder, '.gitignore'), '*\n');
    const names = await readdir(join(this.#folder, 'private'));
    for (const name of names) {
      if (!isAlive(name)) await rm(join(this.#folder, 'private', name), { recursive: true, force: true });
    }
  }

  /** A path that nobody else uses. */
  privatePath(): string {
    return join(this.#folder, 'private', `${ownerName()}-${randomBytes(6).toString('hex')}.db`);
  }

  /** Links the published generation to a private path; `null`: there is none yet. */
  async linkPublished(): Promise<string | null> {
    const path = this.privatePath();
    try {
      await link(this.published, path);
      return path;
    } catch (cause) {
      if (systemErrorCode(cause) === 'ENOENT') return null;
      throw cause;
    }
  }

  /**
   * Puts a finished build in place of the published generation, and gives a private link to it: another process may
   * publish its own in the same moment.
   */
  async publish(path: string): Promise<string> {
    // Opened at once, so that the disk is at work when the caller goes on.
    const file = openSync(path, 'r+');
    await sync(file).finally(() => closeSync(file));
    const own = this.privatePath();
    await link(path, own);
    await rename(path, this.published);
    return own;
  }

  /** Removes a private file with its lock. */
  async discard(path: string): Promise<void> {
    await rm(path, { force: true });
    await rm(`${path}.lock`, { recursive: true, force: true });
  }
}

/** Removes what this process holds in the index of `folder`; only for when it ends, since nothing can be read then. */
export function sweepOwnFiles(folder: string): void {
  const place = join(folder, 'private');
  try {
    const own = readdirSync(place).filter((name) => name.startsWith(`${ownerName()}-`));
    for (const name of own) rmSync(join(place, name), { recursive: true, force: true });
  } catch {
    // What is left is swept by the next process.
  }
}

/** `PID-START`; the start time tells a process from a later one of the same number. */
function ownerName(): string {
  return `${process.pid}-${startOf(process.pid) ?? '0'}`;
}

function isAlive(name: string): boolean {
  const [, pid, start] = /^(\d+)-(\d+)-/.exec(name) ?? [];
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (cause) {
    return systemErrorCode(cause) === 'EPERM';
  }
  const now = startOf(Number(pid));
  return now === null || start === '0' || now === start;
}

/** Clock ticks from boot to the start of a process, on Linux; `null` elsewhere. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in parentheses and may hold spaces; field 22 is the 20th after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
