import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { StringMap } from '../types.ts';

/** Absolute path of a program on the PATH of `env`; `null`: it is not there. Not for Windows. */
export async function findProgram(name: string, env: StringMap): Promise<string | null> {
  for (const folder of (env.PATH ?? '').split(delimiter).filter(isAbsolute)) {
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return null;
}
