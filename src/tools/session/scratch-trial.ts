import type { AppConfig, Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { emptyProgram, type OpenProxy } from '../../proxy/host.ts';
import { originKey } from '../../proxy/mapping.ts';
import type { CalmRequests } from '../../review/verify.ts';
import type { CommandResult } from '../../service/command.ts';
import type { UnaskedEnding } from '../../service/keep-service.ts';
import type { Notice, StringMap } from '../../types.ts';
import type { PatchedFile } from '../../types-code.ts';
import type { PlannedItem, RunResult } from '../../types-run.ts';
import { quote } from '../../units.ts';
import { explainLacks } from './copy-lacks.ts';
import { countCalm } from './count-calm.ts';
import { parseDependencies } from './dependencies.ts';
import type { JobHandle } from './jobs.ts';
import type { Session } from './session.ts';
import { newRunId, type RunOptions, runAndKeep } from './start-run.ts';

const READY_TIMEOUT_MS = 60_000;
const COMMAND_TIMEOUT_MS = 10 * 60_000;

/** What is started, and what is run against it. */
export interface TrialOptions {
  readonly app: AppConfig;
  readonly config: Config;
  /** Put into the copy before the service starts; none: the code as it is. */
  readonly files: readonly PatchedFile[];
  readonly run: Omit<RunOptions, 'baseUrl' | 'openProxies' | 'forward' | 'afterItem'>;
}

export interface TrialResult {
  readonly run: RunResult;
  /** Items in which the service ended by itself, and what is to be said of it, by the item's id. */
  readonly endings: ReadonlyMap<string, string>;
  readonly calm: ReadonlyMap<string, CalmRequests>;
  /** As in `ScratchCopy`. */
  readonly leftOut: readonly string[];
  /** Of `app.test`; `null` where the project configures none. */
  readonly tests: CommandResult | null;
}

/**
 * Starts the user's service from a scratch copy with its dependencies routed through fault proxies, runs the
 * project's own tests and then the scenarios against it, and removes everything again, whatever happens.
 */
export async function runInScratch(
  options: TrialOptions,
  session: Session,
  handle: JobHandle,
): Promise<TrialResult> {
  const [{ makeScratchCopy }, { applyToCopy }, store] = await Promise.all([
    import('../../service/copy.ts'),
    import('../../service/apply.ts'),
    session.openStore(),
  ]);
  const { app, config } = options;
  const copy = await makeScratchCopy(config.workspace, {
    parent: await store.locate('scratch'),
    signal: handle.signal,
    baseEnv: session.surroundings.serviceEnv,
    linkInstalled: app.install === null,
  });
  try {
    await applyToCopy(copy, options.files);
    const place = { folder: copy.folder, baseEnv: { ...session.surroundings.serviceEnv, ...copy.env } };
    await install(app, place, session, handle);
    const tests = await runTests(app, place, session, handle);
    return { ...(await runAgainst(place, options, session, handle)), tests, leftOut: copy.leftOut };
  } catch (error) {
    throw explainLacks(error, copy);
  } finally {
    await copy.remove();
  }
}

/** Where commands run, and what they inherit. */
interface CommandPlace {
  readonly folder: string;
  readonly baseEnv: StringMap;
}

async function runAgainst(
  place: CommandPlace,
  { app, config, run: wanted }: TrialOptions,
  session: Session,
  handle: JobHandle,
): Promise<Pick<TrialResult, 'run' | 'endings' | 'calm'>> {
  const [{ keepService }, host] = await Promise.all([
    import('../../service/keep-service.ts'),
    session.proxyHost(),
  ]);
  const proxies = new Map<string, OpenProxy>();
  let forward: OpenProxy | null = null;
  try {
    for (const [name, { upstream }] of Object.entries(parseDependencies(config))) {
      proxies.set(name, await host.open({ name, listenPort: 0, upstream }, emptyProgram()));
    }
    const dependencies = Object.fromEntries(
      [...proxies].map(([name, proxy]) => [name, `${proxy.host}:${proxy.port}`]),
    );
    const openProxies = new Map(
      [...proxies.values()].map((proxy) => [originKey(proxy.spec.upstream), proxy]),
    );
    forward = await openForwardFor(wanted, [...openProxies.keys()], session);
    const baseEnv = forward === null ? place.baseEnv : { ...place.baseEnv, ...forwardEnv(forward) };
    const deps = { clock: session.clock, signal: handle.signal, baseEnv };
    const options = { folder: place.folder, dependencies, readyTimeoutMs: READY_TIMEOUT_MS };
    const service = await keepService(app, options, deps);
    const endings = new Map<string, string>();
    const afterItem = async ({ id, scenarioTitle, endpoint }: PlannedItem): Promise<readonly Notice[]> => {
      const ending = await service.mend();
      if (ending === null) return [];
      const message = describeEnding(ending);
      endings.set(id, message);
      return [{ where: `${scenarioTitle}, ${endpoint}`, message }];
    };
    try {
      const runOptions = { ...wanted, baseUrl: service.baseUrl, openProxies, forward, afterItem };
      const run = await runAndKeep(newRunId(), runOptions, session, handle);
      return { run, endings, calm: await countCalm(run.run.id, session) };
    } finally {
      await service.stop();
    }
  } finally {
    await Promise.allSettled([...proxies.values(), forward].map((proxy) => proxy?.close()));
  }
}

function describeEnding({ code, signal, errorLine, whyNotAgain }: UnaskedEnding): string {
  const how = code === null ? `by ${signal}` : `with exit code ${code}`;
  const said = errorLine === null ? '' : `, after ${quote(errorLine, 160)}`;
  const then =
    whyNotAgain === null ? 'it was started again' : `it could not be started again: ${whyNotAgain}`;
  return `the service ended by itself ${how}${said}; ${then}`;
}

/** A forward proxy for a service that is started here, where a scenario names an upstream that only it reaches. */
async function openForwardFor(
  run: TrialOptions['run'],
  openKeys: readonly string[],
  session: Session,
): Promise<OpenProxy | null> {
  const [{ planItems }, { needsForward, specifyForward }, host] = await Promise.all([
    import('../../scenario/run/plan.ts'),
    import('../../scenario/run/forward.ts'),
    session.proxyHost(),
  ]);
  const keys = new Set([...openKeys, ...session.proxies.byUpstream().keys()]);
  const plans = planItems({ ...run, baseUrl: null });
  return needsForward(plans, keys) ? host.open(specifyForward(0), emptyProgram()) : null;
}

/** How applications are told of a forward proxy, in both spellings that are common. */
function forwardEnv({ host, port }: OpenProxy): StringMap {
  const url = `http://${host}:${port}`;
  return { HTTP_PROXY: url, HTTPS_PROXY: url, http_proxy: url, https_proxy: url };
}

async function install(
  app: AppConfig,
  place: CommandPlace,
  session: Session,
  handle: JobHandle,
): Promise<void> {
  if (app.install === null) return;
  handle.report({ done: 0, total: 1, message: `installing: ${app.install.join(' ')}` });
  const result = await runConfigured(app.install, app, place, session, handle);
  if (result.ok) return;
  throw new AppError(
    'SERVICE_NOT_READY',
    `app.install of breakwater.yaml failed in the scratch copy (exit code ${result.code ?? 'none'}).`,
    {
      hint: 'Run that command in a clean checkout and mend what it reports.',
      details: { output: result.lastLines.slice(-20).join('\n') },
    },
  );
}

async function runTests(
  app: AppConfig,
  place: CommandPlace,
  session: Session,
  handle: JobHandle,
): Promise<CommandResult | null> {
  if (app.test === null) return null;
  handle.report({ done: 0, total: 1, message: `the project's tests: ${app.test.join(' ')}` });
  return runConfigured(app.test, app, place, session, handle);
}

async function runConfigured(
  command: readonly string[],
  app: AppConfig,
  place: CommandPlace,
  session: Session,
  handle: JobHandle,
): Promise<CommandResult> {
  const { runCommand, listFixedEnv } = await import('../../service/command.ts');
  return runCommand(
    command,
    { folder: place.folder, env: listFixedEnv(app), timeoutMs: COMMAND_TIMEOUT_MS },
    { clock: session.clock, signal: handle.signal, baseEnv: place.baseEnv },
  );
}
