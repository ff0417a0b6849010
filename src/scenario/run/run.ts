import type { Clock } from '../../clock.ts';
import type { Credentials } from '../../credentials.ts';
import type { Notice, Scenario, Slo, StringMap, UpstreamTls } from '../../types.ts';
import type { ItemResult, PlannedItem, Run, RunResult, Sample } from '../../types-run.ts';
import { openDocuments } from './documents.ts';
import { openTargetMemory } from './ended-target.ts';
import { type Forward, isOpen, needsForward, openForward } from './forward.ts';
import { runItem } from './item.ts';
import type { DependencyEntry } from './join.ts';
import { type LaneLimits, runInLanes } from './lanes.ts';
import { type ItemOrder, limitLanes, orderItems } from './order.ts';
import { type ItemPlan, listPlannedScenarios, planItems } from './plan.ts';
import { type ProgressReporter, type RunProgress, reportProgress } from './progress.ts';
import type { RunProxy, RunProxyHost } from './proxies.ts';
import { openSender, type Sender } from './sender.ts';
import type { SetupResult } from './setup.ts';
import { type SharedProxy, shareProxy } from './shared-proxy.ts';
import { listTargets } from './targets.ts';
import { judgeUnrun } from './unrun.ts';

export interface RunRequest {
  readonly id: string;
  readonly scenarios: readonly Scenario[];
  readonly seed: number;
  readonly notices: readonly Notice[];
  /** Replaces the origin of items in their calls, in setup and teardown, and in upstreams. */
  readonly baseUrl: string | null;
  /** Added to every call; not stored. */
  readonly headers: StringMap;
  /** Absent: calls go out as they are. */
  readonly credentials?: Credentials;
  /** operationId or `GET /path`; empty: all. */
  readonly operations: readonly string[];
  /** Part of a scenario's title, without case; empty: all. */
  readonly titles: readonly string[];
  readonly defaultSlos: readonly Slo[];
  /** Items that may run side by side. */
  readonly parallel: number;
  /** Where applications that use HTTP_PROXY look for it. */
  readonly forwardPort: number;
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
  /** For TLS straight to a target. */
  readonly tls?: UpstreamTls | undefined;
  /** Hosts other than loopback that may be called. Absent: none. */
  readonly allowHosts?: readonly string[] | undefined;
  readonly signal: AbortSignal;
  readonly sink: RunSink;
  /** Called for every origin before anything is sent; throws AppError TARGET_NOT_ALLOWED. */
  readonly checkTarget: (url: string) => Promise<void>;
  /** Proxies that are open already, by the origin key of their upstream. */
  readonly openProxies: ReadonlyMap<string, RunProxy>;
  /** A forward proxy that stands open; `null`: the run opens one where an item needs it. */
  readonly forward: RunProxy | null;
  readonly onProgress: (progress: RunProgress) => void;
  /** Called after each item, before the next one begins; what it says is added to the notices of the item. */
  readonly afterItem?: ((planned: PlannedItem) => Promise<readonly Notice[]>) | undefined;
}

/**
 * Runs the items and judges each. When `signal` aborts, what was measured until then is kept and judged.
 *
 * @throws AppError NOT_FOUND when the filters leave no item; TARGET_NOT_ALLOWED; STORAGE_FAILED before the first
 * request when nothing can be stored.
 */
export async function runScenarios(request: RunRequest, deps: RunDeps): Promise<RunResult> {
  const plans = planItems(request);
  const openKeys = new Set(deps.openProxies.keys());
  for (const target of listTargets(plans, request, openKeys)) await deps.checkTarget(target);
  const limits = limitLanes(request.parallel);
  const wantsForward = deps.forward === null && needsForward(plans, openKeys);
  const order = orderItems(plans, limits, {
    proxies: deps.openProxies,
    forward: wantsForward || deps.forward !== null,
  });
  const started: Run = {
    id: request.id,
    state: 'running',
    startedAt: deps.clock.date().toISOString(),
    endedAt: null,
    seed: request.seed,
    scenarios: listPlannedScenarios(plans, request),
    items: plans.map(({ planned }) => planned),
    notices: [...request.notices, ...order.notices],
  };
  await deps.sink.saveRun(started);
  const end = async (state: Run['state']): Promise<Run> => {
    const run: Run = { ...started, state, endedAt: deps.clock.date().toISOString() };
    await deps.sink.saveRun(run);
    return run;
  };
  const sender = await openSender();
  const own = wantsForward ? await openForward(deps.proxies, request.forwardPort) : null;
  try {
    const forward = own ?? deps.forward;
    const results = await runAll(plans, order, limits, { request, deps: { ...deps, sender, forward } });
    return { run: await end(deps.signal.aborted ? 'cancelled' : 'finished'), results };
  } catch (error) {
    // What went wrong is thrown on; that it cannot be written down as well must not hide it.
    await end('failed').catch(() => undefined);
    throw error;
  } finally {
    if (isOpen(own)) await own.close();
    await sender.close();
  }
}

interface WorkDeps extends Omit<RunDeps, 'forward'> {
  readonly sender: Sender;
  readonly forward: Forward;
}

async function runAll(
  plans: readonly ItemPlan[],
  { groups }: ItemOrder,
  limits: LaneLimits,
  { request, deps }: { readonly request: RunRequest; readonly deps: WorkDeps },
): Promise<ItemResult[]> {
  const progress = reportProgress(groups.flat(), limits, deps);
  const documents = openDocuments(plans, request, deps);
  const shared = new Map([...deps.openProxies].map(([key, proxy]) => [key, shareProxy(proxy, deps.clock)]));
  const done = new Map<string, ItemResult>();
  const memory = openTargetMemory();
  const inOrder = () => plans.flatMap(({ planned }) => done.get(planned.id) ?? []);
  const forward = isOpen(deps.forward) ? shareProxy(deps.forward, deps.clock) : null;
  const work = { request, deps, progress, shared, forward };
  try {
    for (const group of groups) {
      await runInLanes(group, limits, async ({ plan }) => {
        progress.start(plan);
        const prepared = await documents.enter(plan);
        const result = memory.remember(await runOne(plan, prepared, work), plan.planned);
        const notices = (await deps.afterItem?.(plan.planned)) ?? [];
        done.set(plan.planned.id, { ...result, notices: [...result.notices, ...notices] });
        await deps.sink.saveResults(inOrder());
        await documents.leave(plan);
        progress.finish(plan);
      });
    }
  } finally {
    progress.close();
    await documents.close();
  }
  return inOrder();
}

interface ItemWork {
  readonly request: RunRequest;
  readonly deps: WorkDeps;
  readonly progress: ProgressReporter;
  /** By the origin key of their upstream. */
  readonly shared: ReadonlyMap<string, SharedProxy>;
  readonly forward: SharedProxy | null;
}

async function runOne(
  plan: ItemPlan,
  prepared: SetupResult,
  { request, deps, progress, shared, forward }: ItemWork,
): Promise<ItemResult> {
  if (prepared.obstacle !== null) return judgeUnrun(plan.planned, [], prepared.obstacle);
  const views = [...shared].map(([key, proxy]) => ({ key, view: proxy.join() }));
  const forwardView = forward?.join() ?? null;
  try {
    return await runItem(plan, {
      ...deps,
      openProxies: new Map(views.map(({ key, view }) => [key, view.proxy])),
      forward: forwardView?.proxy ?? deps.forward,
      seed: request.seed,
      authorize: (call) => request.credentials?.apply(call) ?? call,
      values: prepared.values,
      defaultSlos: request.defaultSlos,
      appendSamples: (samples) => deps.sink.appendSamples(samples),
      appendLedger: (itemId, entries) => deps.sink.appendLedger(itemId, entries),
      onSamples: (count) => progress.samples(plan, count),
    });
  } finally {
    for (const { view } of views) view.leave();
    forwardView?.leave();
  }
}
