import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from './errors.ts';

/** What was approved: a configuration file at a path with a content. */
export interface TrustedFile {
  readonly path: string;
  readonly sha256: string;
}

const schema = z.array(z.strictObject({ path: z.string(), sha256: z.string(), trusted_at: z.string() }));

/**
 * Whether the user has approved exactly this content of this file. The memory lies in the user's own folder,
 * outside any workspace, so that a cloned repository cannot approve itself.
 */
export async function isTrusted(stateHome: string, file: TrustedFile): Promise<boolean> {
  const entries = await readEntries(stateHome);
  return entries.some((entry) => entry.path === file.path && entry.sha256 === file.sha256);
}

/** Remembers that the user has approved this content of this file; an older approval of the file ends. */
export async function trust(stateHome: string, file: TrustedFile, date: Date): Promise<void> {
  const others = (await readEntries(stateHome)).filter((entry) => entry.path !== file.path);
  const entries = [...others, { path: file.path, sha256: file.sha256, trusted_at: date.toISOString() }];
  await mkdir(stateHome, { recursive: true, mode: 0o700 });
  const temporary = `${memoryOf(stateHome)}.${process.pid}.tmp`;
  await writeFile(temporary, `${JSON.stringify(entries, null, 2)}\n`, { mode: 0o600 });
  await rename(temporary, memoryOf(stateHome));
}

/**
 * Refuses to go on unless the file is approved.
 *
 * @throws AppError NOT_TRUSTED with the command that approves it.
 */
export async function demandTrust(stateHome: string, file: TrustedFile): Promise<void> {
  if (await isTrusted(stateHome, file)) return;
  throw new AppError(
    'NOT_TRUSTED',
    `The commands in ${file.path} have not been approved in their present form.`,
    {
      hint: 'The user reads that file and then runs "breakwater trust" in a terminal in that folder. No tool can do it.',
    },
  );
}

async function readEntries(stateHome: string): Promise<z.output<typeof schema>> {
  const text = await readFile(memoryOf(stateHome), 'utf8').catch(() => '[]');
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `${memoryOf(stateHome)} is damaged.`, {
      hint: 'Remove that file; then approve again with "breakwater trust".',
      cause,
    });
  }
}

function memoryOf(stateHome: string): string {
  return join(stateHome, 'trusted.json');
}
