import { AppError } from '../../errors.ts';
import { cleanse, redact } from '../../policy.ts';
import type { OpenProxy } from '../../proxy/host.ts';
import { newId } from '../../store.ts';
import { mapTexts } from '../../texts.ts';
import type { Notice, Scenario, Slo, StringMap } from '../../types.ts';
import type { PlannedItem, RunResult } from '../../types-run.ts';
import { checkTargetFor, readCredentials } from './credentials.ts';
import type { JobHandle } from './jobs.ts';
import { pruneRuns } from './prune-runs.ts';
import type { Session } from './session.ts';

export interface RunOptions {
  readonly scenarios: readonly Scenario[];
  readonly notices: readonly Notice[];
  readonly seed: number;
  readonly baseUrl: string | null;
  readonly headers: StringMap;
  readonly operations: readonly string[];
  readonly titles: readonly string[];
  readonly parallel: number;
  /** Beside the proxies that the user has opened: those of a service that we started, by originKey. */
  readonly openProxies: ReadonlyMap<string, OpenProxy>;
  /** The forward proxy of a service that we started; `null`: the run opens one where an item needs it. */
  readonly forward: OpenProxy | null;
  /** As in `RunDeps`. */
  readonly afterItem?: ((planned: PlannedItem) => Promise<readonly Notice[]>) | undefined;
}

/** Runs scenarios with everything that the session holds, keeps the run in the store, and gives its result. */
export async function runAndKeep(
  id: string,
  options: RunOptions,
  session: Session,
  handle: JobHandle,
): Promise<RunResult> {
  const [
    { runScenarios },
    { createRunSink },
    { hideSecrets, hidingSink },
    { readTargetTls },
    config,
    store,
    proxies,
  ] = await Promise.all([
    import('../../scenario/run/run.ts'),
    import('../../scenario/run-folder.ts'),
    import('../../scenario/hide-secrets.ts'),
    import('./target-tls.ts'),
    session.loadConfig(),
    session.openStore(),
    session.proxyHost(),
  ]);
  await pruneRuns(store, config.limits.runs);
  const slos: readonly Slo[] = config.slos;
  const { credentials, notices } = readCredentials(options.scenarios, config);
  const loan = session.proxies.lend(id);
  const result = await runScenarios(
    {
      id,
      scenarios: options.scenarios,
      seed: options.seed,
      notices: [...options.notices, ...notices],
      baseUrl: options.baseUrl,
      headers: options.headers,
      credentials,
      operations: options.operations,
      titles: options.titles,
      defaultSlos: slos,
      parallel: options.parallel,
      forwardPort: config.forwardPort,
    },
    {
      clock: session.clock,
      proxies,
      tls: (await readTargetTls(config)) ?? undefined,
      allowHosts: config.allowHosts,
      signal: handle.signal,
      sink: hidingSink(createRunSink(store, id), credentials.secrets),
      checkTarget: (url) => checkTargetFor(credentials, url, config),
      openProxies: new Map([...loan.byUpstream, ...options.openProxies]),
      forward: options.forward,
      afterItem: options.afterItem,
      onProgress: ({ doneItems, totalItems, message, remainingMs }) =>
        handle.report({
          done: doneItems,
          total: totalItems,
          message: `about ${Math.ceil(remainingMs / 1_000)} s left · ${message}`,
        }),
    },
  ).finally(loan.release);
  const { run, results } = hideSecrets(credentials.secrets)(result);
  return { run: mapTexts(run, redact), results: mapTexts(results, cleanse) };
}

/** Calls of one `repeat` item. */
const MAX_REPEATS = 10_000;

/** An id for a new run. */
export function newRunId(): string {
  return newId('run');
}

/**
 * Checks the caps of the configuration before anything is sent.
 *
 * @throws AppError LIMIT_EXCEEDED
 */
export function checkLimits(
  scenarios: readonly Scenario[],
  limits: { readonly requestsPerSecond: number; readonly clients: number; readonly durationMs: number },
): void {
  for (const scenario of scenarios) {
    for (const { context } of scenario.items) {
      const { strategy } = context;
      if (strategy.mode === 'repeat' && strategy.count > MAX_REPEATS)
        throw overLimit(scenario.title, `${strategy.count} calls one after another`, `${MAX_REPEATS}`, null);
      if (strategy.mode !== 'load') continue;
      const rate = strategy.clients * strategy.requestsPerSecond;
      if (rate > limits.requestsPerSecond)
        throw overLimit(scenario.title, `${rate} requests a second`, `${limits.requestsPerSecond}`, 'rps');
      if (strategy.clients > limits.clients)
        throw overLimit(scenario.title, `${strategy.clients} clients`, `${limits.clients}`, 'clients');
      if (strategy.durationMs > limits.durationMs)
        throw overLimit(
          scenario.title,
          `${strategy.durationMs / 1_000} s of load`,
          `${limits.durationMs / 1_000} s`,
          'duration',
        );
    }
  }
}

function overLimit(title: string, seen: string, limit: string, key: string | null): AppError {
  return new AppError('LIMIT_EXCEEDED', `"${title}" asks for ${seen}; the limit is ${limit}.`, {
    hint:
      key === null
        ? 'Lower it in the scenario, or use a load.'
        : `Lower it in the scenario; only the user can raise it (limits.${key} in breakwater.yaml).`,
  });
}
