import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig, readSurroundings } from '../config.ts';
import { CONFIG_FILE } from '../config-file.ts';
import { AppError } from '../errors.ts';

/** Writes a proposed breakwater.yaml into the workspace and says what to look at. */
export async function initWorkspace(root: string | null): Promise<string> {
  const { detectConfig } = await import('../service/detect.ts');
  const config = await loadConfig(readSurroundings({ workspace: root }));
  if (config.file !== null) {
    throw new AppError('BAD_INPUT', `${config.file.path} exists already; it is not overwritten.`, {
      hint: 'Edit it, or move it away first.',
    });
  }
  const { text, notes } = await detectConfig(config.workspace);
  const path = join(config.workspace, CONFIG_FILE);
  await writeFile(path, text, { flag: 'wx' });
  return [
    `Wrote ${path}:`,
    '',
    text.trimEnd(),
    '',
    ...notes.map((note) => `- ${note}`),
    'Read it, mend it, then run "breakwater trust" to let Breakwater start these commands.',
    '',
  ].join('\n');
}
