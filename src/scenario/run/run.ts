import type { Clock } from '../../clock.ts';
import type { Notice, Scenario, Slo, StringMap } from '../../types.ts';
import type { ItemResult, Run, RunResult, Sample, VerdictReason } from '../../types-run.ts';
import { runItem } from './item.ts';
import type { DependencyEntry } from './join.ts';
import { completeCall, type ItemPlan, listPlannedScenarios, planItems } from './plan.ts';
import { type ProgressReporter, type RunProgress, reportProgress } from './progress.ts';
import type { RunProxy, RunProxyHost } from './proxies.ts';
import { openSender, type Sender } from './sender.ts';
import { runSetup, runTeardown } from './setup.ts';
import { listTargets } from './targets.ts';
import { judgeUnrun } from './unrun.ts';

export interface RunRequest {
  readonly id: string;
  readonly scenarios: readonly Scenario[];
  readonly seed: number;
  readonly notices: readonly Notice[];
  /** Replaces the origin in calls, and in upstreams that are the call's origin. */
  readonly baseUrl: string | null;
  /** Added to every call; not stored. */
  readonly headers: StringMap;
  /** operationId or `GET /path`; empty: all. */
  readonly operations: readonly string[];
  /** Part of a scenario's title, without case; empty: all. */
  readonly titles: readonly string[];
  readonly defaultSlos: readonly Slo[];
  /** Items that may run side by side. */
  readonly parallel: number;
}

/** Where a run is kept while it goes. */
export interface RunSink {
  saveRun(run: Run): Promise<void>;
  appendSamples(samples: readonly Sample[]): Promise<void>;
  appendLedger(itemId: string, entries: readonly DependencyEntry[]): Promise<void>;
  saveResults(results: readonly ItemResult[]): Promise<void>;
}

export interface RunDeps {
  readonly clock: Clock;
  readonly proxies: RunProxyHost;
  readonly signal: AbortSignal;
  readonly sink: RunSink;
  /** Called for every origin before anything is sent; throws AppError TARGET_NOT_ALLOWED. */
  readonly checkTarget: (url: string) => Promise<void>;
  /** Proxies that are open already, by the origin key of their upstream. */
  readonly openProxies: ReadonlyMap<string, RunProxy>;
  readonly onProgress: (progress: RunProgress) => void;
}

const TEARDOWN_LIMIT_MS = 2_000;

/**
 * Runs the items and judges each. When `signal` aborts, what was measured until then is kept and judged.
 *
 * @throws AppError NOT_FOUND when the filters leave no item; TARGET_NOT_ALLOWED; STORAGE_FAILED before the first
 * request when nothing can be stored.
 */
export async function runScenarios(request: RunRequest, deps: RunDeps): Promise<RunResult> {
  const plans = planItems(request);
  for (const target of listTargets(plans, request)) await deps.checkTarget(target);
  const started: Run = {
    id: request.id,
    state: 'running',
    startedAt: deps.clock.date().toISOString(),
    endedAt: null,
    seed: request.seed,
    scenarios: listPlannedScenarios(plans, request),
    items: plans.map(({ planned }) => planned),
    notices: request.notices,
  };
  await deps.sink.saveRun(started);
  const end = async (state: Run['state']): Promise<Run> => {
    const run: Run = { ...started, state, endedAt: deps.clock.date().toISOString() };
    await deps.sink.saveRun(run);
    return run;
  };
  const sender = await openSender();
  try {
    const results = await runAll(plans, request, { ...deps, sender });
    return { run: await end(deps.signal.aborted ? 'cancelled' : 'finished'), results };
  } catch (error) {
    // What went wrong is thrown on; that it cannot be written down as well must not hide it.
    await end('failed').catch(() => undefined);
    throw error;
  } finally {
    await sender.close();
  }
}

interface WorkDeps extends RunDeps {
  readonly sender: Sender;
}

async function runAll(
  plans: readonly ItemPlan[],
  request: RunRequest,
  deps: WorkDeps,
): Promise<ItemResult[]> {
  const progress = reportProgress(plans, 1, deps);
  const results: ItemResult[] = [];
  const keep = async (result: ItemResult) => {
    results.push(result);
    await deps.sink.saveResults(results);
  };
  for (const scenario of request.scenarios) {
    const own = plans.filter((plan) => plan.scenario === scenario);
    if (own.length > 0) await runScenario(scenario, own, { request, deps, progress, keep });
  }
  return results;
}

interface ScenarioWork {
  readonly request: RunRequest;
  readonly deps: WorkDeps;
  readonly progress: ProgressReporter;
  readonly keep: (result: ItemResult) => Promise<void>;
}

/** Setup, items and teardown of one document. */
async function runScenario(
  scenario: Scenario,
  plans: readonly ItemPlan[],
  work: ScenarioWork,
): Promise<void> {
  const { request, deps } = work;
  const { config } = scenario;
  const calls = {
    seed: request.seed,
    key: `setup of ${scenario.title}`,
    signal: deps.signal,
    clock: deps.clock,
  };
  const setup = config.setup.map((call) => completeCall(call, config, request));
  const prepared = await runSetup(setup, config.segments, calls);
  try {
    for (const plan of plans) {
      work.progress.start(plan);
      await work.keep(await runOne(plan, prepared, work));
      work.progress.finish(plan);
    }
  } finally {
    const teardown = config.teardown.map((call) => completeCall(call, config, request));
    await runTeardown(teardown, prepared.values, {
      ...calls,
      signal: AbortSignal.timeout(TEARDOWN_LIMIT_MS),
    });
  }
}

function runOne(
  plan: ItemPlan,
  prepared: { readonly values: StringMap; readonly obstacle: VerdictReason | null },
  { request, deps, progress }: ScenarioWork,
): Promise<ItemResult> | ItemResult {
  if (prepared.obstacle !== null) return judgeUnrun(plan.planned, [], prepared.obstacle);
  return runItem(plan, {
    ...deps,
    seed: request.seed,
    values: prepared.values,
    defaultSlos: request.defaultSlos,
    appendSamples: (samples) => deps.sink.appendSamples(samples),
    appendLedger: (itemId, entries) => deps.sink.appendLedger(itemId, entries),
    onSamples: (count) => progress.samples(plan, count),
  });
}
