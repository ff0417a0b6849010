import { type Clock, sleep } from '../../clock.ts';
import type { Call, Slo, StringMap, UpstreamTls } from '../../types.ts';
import type { ItemResult, Phase, PlannedFault, Sample, VerdictReason } from '../../types-run.ts';
import { countRequests, runStrategy } from '../strategies/index.ts';
import type { Batch } from '../strategy.ts';
import { meetsExpectation } from '../verdict/expectation.ts';
import { isFailed } from '../verdict/failure.ts';
import { judgeItem } from '../verdict/judge.ts';
import { type Collector, type Measurement, openCollector } from './collector.ts';
import { explainUnused, type Forward, isOpen } from './forward.ts';
import type { DependencyEntry } from './join.ts';
import { knock } from './knock.ts';
import { findObstacle, noticeLost } from './obstacles.ts';
import { fillNames, isUniqueEachTime } from './placeholders.ts';
import { type Placement, placeFaults } from './placement.ts';
import type { ItemPlan } from './plan.ts';
import { isSafe, judgePreflight, PREFLIGHT, wantsPreflight } from './preflight.ts';
import { type FaultPlan, fitRates, planFaults, raiseFaults, wantsAnswerSize } from './program.ts';
import type { RunProxy, RunProxyHost } from './proxies.ts';
import type { Sender } from './sender.ts';
import { pickSlos } from './slos.ts';
import { openStage, type Stage } from './stage.ts';

export interface ItemDeps {
  readonly clock: Clock;
  readonly proxies: RunProxyHost;
  readonly openProxies: ReadonlyMap<string, RunProxy>;
  /** The forward proxy of the run. */
  readonly forward: Forward;
  readonly sender: Sender;
  /** For TLS straight to a target. */
  readonly tls?: UpstreamTls | undefined;
  readonly allowHosts?: readonly string[] | undefined;
  readonly signal: AbortSignal;
  readonly seed: number;
  /** Adds the credentials that the call's schemes ask for; the result is sent and written nowhere. */
  readonly authorize: (call: Call) => Call;
  /** Segments and captures of the item's scenario. */
  readonly values: StringMap;
  readonly defaultSlos: readonly Slo[];
  readonly appendSamples: (samples: readonly Sample[]) => Promise<void>;
  readonly appendLedger: (itemId: string, entries: readonly DependencyEntry[]) => Promise<void>;
  /** Called as samples come in. */
  readonly onSamples: (count: Readonly<Record<'sent' | 'failed', number>>) => void;
}

const POLL_MS = 200;
/** A job reaches the sender's thread within this, so that its first request is not late. */
const LEAD_MS = 5;
/** Values of `{{seq}}` that one item, and one phase of it, has for itself. */
const NUMBERS_PER_ITEM = 10_000_000;
const FIRST_NUMBER: Readonly<Record<Phase, number>> = {
  setup: 0,
  preflight: 0,
  baseline: 10,
  faulted: 2_000_000,
  teardown: 0,
};

/** Runs one item from its pre-flight call to its verdict. Never throws for what the target does. */
export async function runItem(plan: ItemPlan, deps: ItemDeps): Promise<ItemResult> {
  const { endpoint, scenarioTitle } = plan.planned;
  const item = { ...plan.planned.item, call: fillNames(plan.call, deps.values) };
  const where = `${scenarioTitle}, ${endpoint}`;
  const faultPlan = planFaults(item, where);
  const open = { openKeys: new Set(deps.openProxies.keys()), forward: isOpen(deps.forward) };
  const placement = placeFaults(item, open, where);
  const slos = pickSlos(item, deps.defaultSlos, where);
  const beganAtMs = deps.clock.now();
  const outcome = await measure({ plan, item, faultPlan, placement }, deps);
  return judgeItem({
    planned: { ...plan.planned, item },
    samples: outcome.measurement?.samples ?? [],
    plannedRequests: countRequests(item.context.strategy),
    slos: slos.slos,
    faults: faultPlan.requested,
    windows: faultPlan.windows,
    actedExchanges: outcome.measurement?.acted ?? [],
    unjoined: outcome.measurement?.unjoined ?? [],
    dependencies: outcome.measurement?.dependencies ?? [],
    notices: [
      ...faultPlan.notices,
      ...placement.notices,
      ...slos.notices,
      ...noticeLost(outcome.measurement, where),
    ],
    obstacle: outcome.obstacle,
    durationMs: outcome.measurement === null ? null : deps.clock.now() - beganAtMs,
    idleRemedy:
      placement.forwardOrigins.length > 0 && isOpen(deps.forward) ? explainUnused(deps.forward) : null,
  });
}

interface Prepared {
  readonly plan: ItemPlan;
  readonly item: ItemPlan['planned']['item'];
  readonly faultPlan: FaultPlan;
  readonly placement: Placement;
}

interface Outcome {
  readonly measurement: Measurement | null;
  readonly obstacle: VerdictReason | null;
}

const CANCELLED: VerdictReason = {
  message: 'the run was cancelled',
  cause: null,
  remedy: 'Run it to its end.',
};

async function measure(prepared: Prepared, deps: ItemDeps): Promise<Outcome> {
  const { plan, item, placement } = prepared;
  const obstacle = findObstacle(item, placement);
  if (obstacle !== null) return { measurement: null, obstacle };
  if (deps.signal.aborted) return { measurement: null, obstacle: CANCELLED };
  const stage = await openStage(item, placement, { ...deps, itemId: plan.planned.id, itemKey: plan.key });
  if ('message' in stage) return { measurement: null, obstacle: stage };
  const collector = openCollector({
    ...deps,
    itemKey: plan.key,
    edge: stage.edge,
    dependencies: stage.dependencies,
    acting: stage.acting,
  });
  try {
    const failed = await conduct(prepared, stage, collector, deps);
    const measurement = await collector.finish();
    await deps.appendLedger(plan.planned.id, measurement.entries);
    return { measurement, obstacle: failed ?? (deps.signal.aborted ? CANCELLED : null) };
  } finally {
    await stage.close();
  }
}

/** Pre-flight and strategy; gives the reason when the pre-flight call shows that the target does not work. */
async function conduct(
  { plan, item, faultPlan }: Prepared,
  stage: Stage,
  collector: Collector,
  deps: ItemDeps,
): Promise<VerdictReason | null> {
  const send = createSend(plan, deps.authorize(item.call), stage, collector, deps);
  const preflight = wantsPreflight(item);
  const tried = preflight ? await send(PREFLIGHT) : null;
  const reason = tried === null ? await knock(item, deps.allowHosts) : judgePreflight(tried[0], item);
  if (reason !== null || deps.signal.aborted) return reason;
  const faults = await fitFaults(faultPlan, preflight, collector);
  if ('message' in faults) return faults;
  try {
    await runStrategy(item.context.strategy, {
      send,
      signal: deps.signal,
      repeatable: preflight || isSafe(item.call) || isUniqueEachTime(item.call),
      meets: (sample) => meetsExpectation(sample, item.expect),
      pause: (ms) => sleep(deps.clock, ms, deps.signal),
      async turnFaultsOn(raise) {
        const epochMs = collector.startPhase('faulted', deps.clock.now());
        const raised = raise === null ? faults : raiseFaults(faults, raise.field, raise.by);
        await stage.setFaults(raised, epochMs);
      },
      turnFaultsOff: () => stage.setFaults([], deps.clock.now()),
    });
  } catch (error) {
    // A pause that the cancelled run cut short; everything else is ours to report.
    if (!deps.signal.aborted) throw error;
  }
  return null;
}

const NO_ANSWER_SIZE: VerdictReason = {
  message: 'answer_time takes its rate from the pre-flight call, and there was none',
  cause: null,
  remedy: 'Add preflight: true, or give the bandwidth a rate.',
};

/** The faults with what only the pre-flight call could tell; a reason where it did not. */
async function fitFaults(
  { faults }: FaultPlan,
  preflight: boolean,
  collector: Collector,
): Promise<readonly PlannedFault[] | VerdictReason> {
  if (!wantsAnswerSize(faults)) return faults;
  const bytes = preflight ? await collector.largestAnswerBytes() : null;
  return bytes === null || bytes === 0 ? NO_ANSWER_SIZE : fitRates(faults, bytes);
}

function createSend(plan: ItemPlan, call: Call, stage: Stage, collector: Collector, deps: ItemDeps) {
  const next = new Map<Phase, number>();
  const tally = { sent: 0, failed: 0 };
  const { bodyMatchesSchema, bodySchema } = plan.planned.item.expect;
  return async (batch: Batch): Promise<readonly Sample[]> => {
    const firstSequence = next.get(batch.phase) ?? 0;
    next.set(batch.phase, firstSequence + batch.count);
    const startAtMs = deps.clock.now() + LEAD_MS;
    const epochMs = collector.startPhase(batch.phase, startAtMs);
    const samples: Sample[] = [];
    const polling = new AbortController();
    const poller = pollUntil(polling.signal, collector, deps.clock);
    // Looked at below; until then a rejection must not end the process.
    poller.catch(() => undefined);
    try {
      await deps.sender.send(
        {
          call,
          tls: deps.tls,
          allowHosts: deps.allowHosts,
          via: stage.edge === null ? null : { host: stage.edge.host, port: stage.edge.port },
          itemId: plan.planned.id,
          itemKey: plan.key,
          phase: batch.phase,
          step: batch.step,
          firstSequence,
          firstNumber: plan.index * NUMBERS_PER_ITEM + FIRST_NUMBER[batch.phase] + firstSequence + 1,
          count: batch.count,
          startAtMs,
          intervalMs: batch.intervalMs,
          epochMs,
          connection: batch.connection,
          seed: deps.seed,
          ...(bodyMatchesSchema && bodySchema !== undefined && { bodySchema }),
        },
        (some) => {
          for (const sample of some) samples.push(sample);
          collector.addSamples(some);
          tally.sent += some.length;
          tally.failed += some.filter(isFailed).length;
          deps.onSamples({ ...tally });
        },
        deps.signal,
      );
    } finally {
      polling.abort();
      await poller;
    }
    return samples;
  };
}

async function pollUntil(stop: AbortSignal, collector: Collector, clock: Clock): Promise<void> {
  while (!stop.aborted) {
    await sleep(clock, POLL_MS, stop).catch(() => undefined);
    if (!stop.aborted) await collector.poll();
  }
}
