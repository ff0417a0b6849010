import { type AuthScheme, headerOf, pickSchemes } from '../../auth.ts';
import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { MASK } from '../../secret-forms.ts';
import type { Store } from '../../store.ts';
import type { Notice, Scenario, StringMap } from '../../types.ts';
import { quote } from '../../units.ts';
import { addBodySchemas } from './body-schemas.ts';
import { listCalls } from './credentials.ts';
import { readYamlFiles, type SourceText } from './read-source.ts';

/** Where scenarios come from: exactly one is given. */
export interface ScenarioSource {
  readonly file?: string | undefined;
  readonly scenario_id?: string | undefined;
  readonly yaml?: string | undefined;
  readonly run_id?: string | undefined;
}

export interface LoadedScenarios {
  readonly scenarios: readonly Scenario[];
  readonly notices: readonly Notice[];
  /** Seed of the run that is replayed, or that the file states. */
  readonly seed: number | null;
  /** Files of the workspace that they were read from, in their order; empty where they come from elsewhere. */
  readonly files: readonly string[];
}

/** What makes the first thing in a folder of the store. */
const MAKES: Readonly<Record<string, string>> = {
  runs: 'Start one with scenario_run.',
  scenarios: 'Make some with scenario_generate.',
  reviews: 'Make one with review_code.',
  patches: 'Make one with patch_propose.',
};
const ID = /^(scn|run)_[0-9a-f]+$/;

/**
 * Reads scenarios from a file, folder or pattern, from what `scenario_generate` kept, from text, or from a run.
 *
 * @throws AppError BAD_INPUT unless exactly one source is given; NOT_FOUND; SCENARIO_INVALID
 */
export async function loadScenarios(
  source: ScenarioSource,
  config: Config,
  store: Store,
): Promise<LoadedScenarios> {
  const { readScenarios } = await import('../../scenario/file/read.ts');
  const texts = await readTexts(source, config, store);
  const files = texts.map(({ text, source: name }) => readScenarios(text, name));
  const scenarios = files.flatMap((file) => file.scenarios);
  if (scenarios.length === 0)
    throw new AppError('SCENARIO_INVALID', 'There is no scenario in what was given.', {
      hint: 'Make some with scenario_generate.',
    });
  const seed = source.run_id === undefined ? null : await seedOfRun(source.run_id, store);
  const checked = await addBodySchemas(scenarios, config, new AbortController().signal);
  return {
    scenarios: checked.scenarios,
    notices: [...files.flatMap((file) => file.notices), ...checked.notices],
    seed: seed ?? scenarios.find((scenario) => scenario.config.seed !== null)?.config.seed ?? null,
    files: source.file === undefined ? [] : texts.map(({ source: name }) => name),
  };
}

/** Gives the newest id below `folder` for `latest`, else the id itself. */
export async function resolveId(id: string, folder: string, store: Store): Promise<string> {
  if (id !== 'latest') return id;
  const newest = (await store.readText(`${folder}/latest`))?.trim();
  if (newest === undefined || newest === '')
    throw new AppError('NOT_FOUND', `There is nothing in ${folder}/ yet, so there is no latest one.`, {
      hint: MAKES[folder] ?? 'Make one first.',
    });
  return newest;
}

async function readTexts(
  source: ScenarioSource,
  config: Config,
  store: Store,
): Promise<readonly SourceText[]> {
  const given = Object.entries({
    file: source.file,
    scenario_id: source.scenario_id,
    yaml: source.yaml,
    run_id: source.run_id,
  }).filter(([, value]) => value !== undefined);
  if (given.length !== 1) {
    const seen =
      given.length === 0 ? 'none was given' : `${given.map(([name]) => name).join(' and ')} were given`;
    throw new AppError('BAD_INPUT', `Expected one of file, scenario_id, yaml or run_id; ${seen}.`, {
      hint: 'For example scenario_run {"file":"scenarios.yaml"}; scenario_generate writes such a file (output), and answers with a scenario_id.',
    });
  }
  if (source.file !== undefined) return readYamlFiles(source.file, config);
  if (source.yaml !== undefined) return [{ text: source.yaml, source: 'yaml' }];
  const folder = source.scenario_id === undefined ? 'runs' : 'scenarios';
  const id = await resolveId(source.scenario_id ?? source.run_id ?? 'latest', folder, store);
  return [await readKept(id, folder, store)];
}

async function readKept(id: string, folder: string, store: Store): Promise<SourceText> {
  const path = folder === 'scenarios' ? `scenarios/${id}.yaml` : `runs/${id}/scenario.yaml`;
  const text = ID.test(id) ? await store.readText(path) : null;
  if (text !== null) return { text, source: id };
  const known = (await store.list(folder))
    .filter((name) => name !== 'latest')
    .map((name) => name.replace(/\.yaml$/, ''));
  throw new AppError('NOT_FOUND', `There is no ${quote(id)} in ${folder}/.`, {
    hint:
      known.length === 0 ? 'None was made in this workspace yet.' : `Known: ${known.slice(-5).join(', ')}.`,
  });
}

async function seedOfRun(runId: string, store: Store): Promise<number | null> {
  const id = await resolveId(runId, 'runs', store);
  const text = await store.readText(`runs/${id}/run.json`);
  const seed = text === null ? null : (JSON.parse(text) as { readonly seed?: unknown }).seed;
  return typeof seed === 'number' ? seed : null;
}

/**
 * Refuses scenarios whose secret headers were masked when they were kept, unless the caller gives them anew or
 * the configuration's schemes fill them.
 *
 * @throws AppError BAD_INPUT naming the headers
 */
export function demandSecrets(
  scenarios: readonly Scenario[],
  given: StringMap,
  schemes: readonly AuthScheme[],
): void {
  const names = new Set(Object.keys(given).map((name) => name.toLowerCase()));
  const calls = scenarios.flatMap((scenario) =>
    listCalls([scenario]).map((call) => ({
      headers: { ...scenario.config.headers, ...call.headers },
      filled: pickSchemes(schemes, call.auth).found.map(headerOf),
    })),
  );
  const masked = calls.flatMap(({ headers, filled }) =>
    Object.keys(headers).filter(
      (name) =>
        headers[name] === MASK && !names.has(name.toLowerCase()) && !filled.includes(name.toLowerCase()),
    ),
  );
  if (masked.length === 0) {
    demandWholeCalls(scenarios);
    return;
  }
  const missing = [...new Set(masked.map((name) => name.toLowerCase()))];
  throw new AppError(
    'BAD_INPUT',
    `The values of ${missing.join(', ')} were not stored with these scenarios, since they are secrets.`,
    {
      hint: `Give them again: headers {${missing.map((name) => `"${name}": "…"`).join(', ')}}.`,
    },
  );
}

/** A password in a URL or a body is masked too where a run is kept, and such a call would be another one. */
function demandWholeCalls(scenarios: readonly Scenario[]): void {
  const call = listCalls(scenarios).find(({ url, body }) => `${url}\n${body ?? ''}`.includes(MASK));
  if (call === undefined) return;
  const where = call.url.includes(MASK) ? 'URL' : 'body';
  throw new AppError(
    'BAD_INPUT',
    `The ${where} of ${call.method} ${call.url} held a secret that was not stored with this run.`,
    {
      hint: 'Run the scenarios from their file or scenario_id; a credential is best named under auth: of breakwater.yaml.',
    },
  );
}
