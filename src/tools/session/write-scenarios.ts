import { stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Config } from '../../config.ts';
import { resolveInside } from '../../policy.ts';
import type { Scenario } from '../../types.ts';
import { writeTextInside } from '../../workspace-files.ts';

/** A scenario and the endpoint that it was made for. */
export interface MadeScenario {
  readonly endpoint: string;
  readonly scenario: Scenario;
}

/**
 * Writes scenarios below the workspace: to one file where `output` ends in .yaml or .yml, else to a folder, one file
 * for each endpoint. Files of the same name are replaced. Gives their paths, relative to the workspace.
 *
 * @throws AppError PATH_NOT_ALLOWED; BAD_INPUT when a folder or file stands in the way
 */
export async function writeScenarioFiles(
  output: string,
  made: readonly MadeScenario[],
  config: Config,
  write: (scenarios: readonly Scenario[]) => string,
): Promise<readonly string[]> {
  const path = await resolveInside(config.workspace, output);
  const isFolder = (await stat(path).catch(() => null))?.isDirectory() ?? !/\.ya?ml$/i.test(output);
  const files = isFolder ? nameFiles(made) : new Map([['', made.map(({ scenario }) => scenario)]]);
  const written: string[] = [];
  for (const [name, scenarios] of files) {
    const file = await writeTextInside(
      config.workspace,
      name === '' ? path : join(path, name),
      write(scenarios),
    );
    written.push(relative(config.workspace, file).split(sep).join('/'));
  }
  return written;
}

/** `get-users-user_id.yaml` for `GET /users/{user_id}`; names that would be the same are numbered. */
function nameFiles(made: readonly MadeScenario[]): ReadonlyMap<string, readonly Scenario[]> {
  const files = new Map<string, readonly Scenario[]>();
  for (const endpoint of new Set(made.map((each) => each.endpoint))) {
    const slug = endpoint
      .toLowerCase()
      .replace(/[^a-z0-9_]+/g, '-')
      .replace(/^-|-$/g, '');
    let name = `${slug}.yaml`;
    for (let number = 2; files.has(name); number += 1) name = `${slug}-${number}.yaml`;
    files.set(
      name,
      made.filter((each) => each.endpoint === endpoint).map(({ scenario }) => scenario),
    );
  }
  return files;
}
