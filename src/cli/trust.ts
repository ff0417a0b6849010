import { readFile } from 'node:fs/promises';
import { systemClock } from '../clock.ts';
import { loadConfig, readSurroundings } from '../config.ts';
import { CONFIG_FILE } from '../config-file.ts';
import { AppError } from '../errors.ts';
import { isTrusted, trust } from '../trust.ts';

/** Approves the present breakwater.yaml of the workspace: its commands may then be started by Breakwater. */
export async function trustWorkspace(root: string | null): Promise<string> {
  const surroundings = readSurroundings({ workspace: root });
  const config = await loadConfig(surroundings);
  if (config.file === null) {
    throw new AppError('NOT_FOUND', `There is no ${CONFIG_FILE} in ${config.workspace}.`, {
      hint: 'Make one with "breakwater init", read it, then trust it.',
    });
  }
  if (await isTrusted(config.stateHome, config.file)) return `${config.file.path} is trusted already.\n`;
  const text = await readFile(config.file.path, 'utf8');
  await trust(config.stateHome, config.file, systemClock.date());
  const commands = [config.app?.command, config.app?.install, config.app?.test].flatMap((command) =>
    command ? [`  ${command.join(' ')}`] : [],
  );
  return [
    `Trusted ${config.file.path} as it is now (${text.split('\n').length} lines).`,
    'Breakwater may start:',
    ...(commands.length === 0 ? ['  nothing: it names no command'] : commands),
    'A change of the file ends this.',
    '',
  ].join('\n');
}
