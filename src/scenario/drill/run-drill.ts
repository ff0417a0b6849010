import type { Call } from '../../types.ts';
import type { DrillPlan, DrillResult, UnexpectedEnd } from '../../types-drill.ts';
import type { Sample } from '../../types-run.ts';
import type { DependencyRecord, HealthPoint, VitalPoint } from '../../types-watch.ts';
import type { Sender } from '../run/sender.ts';
import { type CourseDeps, follow } from './course.ts';
import { openLoad } from './load.ts';
import { cutPhases, layOutTimeline, summarizePhases } from './phases.ts';
import { findKind } from './plan.ts';
import type { RecoveryLimits } from './recovery.ts';
import type { DurabilityWatch } from './watch/durability.ts';
import type { Watch, WatchDeps } from './watch.ts';

const LEAD_MS = 100;

/** What is looked at beside the users; each begins to look when it is called. */
export interface DrillWatches {
  readonly health: (deps: WatchDeps) => Watch<readonly HealthPoint[]>;
  readonly vitals: (deps: WatchDeps) => Watch<readonly VitalPoint[]>;
  readonly dependencies: (deps: WatchDeps) => Watch<readonly Omit<DependencyRecord, 'broken'>[]>;
  readonly ends: (deps: WatchDeps) => Watch<readonly UnexpectedEnd[]>;
  readonly durability: (deps: WatchDeps) => DurabilityWatch;
}

export interface DrillDeps extends CourseDeps {
  readonly sender: Sender;
  /** Ready to be sent: complete URLs, credentials in place. */
  readonly calls: readonly Call[];
  readonly watches: DrillWatches;
}

/**
 * Runs one drill: steady load through baseline, failure and recovery. Whatever happens, what was broken is mended
 * before it returns; a drill that could not go on or was cancelled says so and keeps what was measured.
 */
export async function runDrill(plan: DrillPlan, deps: DrillDeps): Promise<DrillResult> {
  const { clock } = deps;
  const startedAt = clock.date().toISOString();
  const epochMs = clock.now() + LEAD_MS;
  const load = openLoad(deps.sender, {
    calls: deps.calls,
    ratePerSecond: plan.users * plan.ratePerUser,
    epochMs,
    forMs: plan.baselineMs + plan.failureMs + plan.recoveryLimitMs + longestTimeout(deps.calls),
    seed: deps.seed,
    key: plan.id,
    signal: deps.signal,
  });
  const watching = openWatches(deps, { clock, epochMs, signal: deps.signal });
  const course = await follow(plan, load, epochMs, deps);
  const endMs = clock.now() - epochMs;
  await load.stop().catch(() => undefined);
  const [seen, durability, acted] = await Promise.all([
    watching.stop(),
    watching.durability.finish(course.failureAtMs),
    course.failure?.evidence() ?? { value: false, evidence: 'the failure was never begun' },
  ]);
  const samples = keepHanging(load.samples, course.limits);
  const recoveredAfterMs = course.recovery?.recoveredAfterMs ?? null;
  const spans = cutPhases({
    ...course,
    recoveredAfterMs,
    endMs,
    isMomentary: findKind(plan.kind, plan.id).isMomentary,
  });
  return {
    plan,
    state: course.state,
    problem: course.problem,
    startedAt,
    broke: course.failure?.broke ?? '',
    acted,
    failureAtMs: course.failureAtMs,
    failureEndMs: course.failureEndMs,
    endMs,
    phases: summarizePhases(samples, spans),
    recovery: course.recovery,
    timeline: layOutTimeline(samples, endMs, deps.rule.windowMs),
    health: seen.health,
    vitals: seen.vitals,
    dependencies: seen.dependencies.map((record) => ({
      ...record,
      broken: isBroken(record.name, plan, deps),
    })),
    durability,
    unexpectedEnds: seen.ends,
  };
}

/** A request that hung until the drill ended got no answer; one that had just been sent says nothing. */
function keepHanging(samples: readonly Sample[], limits: RecoveryLimits | null): readonly Sample[] {
  const limitMs = limits?.p95LimitMs ?? Number.POSITIVE_INFINITY;
  return samples.map((sample) =>
    sample.outcome === 'aborted' && sample.latencyMs > limitMs
      ? { ...sample, outcome: 'timeout' as const }
      : sample,
  );
}

function openWatches({ watches }: DrillDeps, deps: WatchDeps) {
  const [health, vitals, dependencies, ends, durability] = [
    watches.health(deps),
    watches.vitals(deps),
    watches.dependencies(deps),
    watches.ends(deps),
    watches.durability(deps),
  ];
  return {
    durability,
    async stop() {
      const seen = await Promise.all([health.stop(), vitals.stop(), dependencies.stop(), ends.stop()]);
      return { health: seen[0], vitals: seen[1], dependencies: seen[2], ends: seen[3] };
    },
  };
}

function isBroken(name: string, { kind, dependency }: DrillPlan, { dependencies }: DrillDeps): boolean {
  const { breaks } = findKind(kind, name);
  if (breaks === 'dependency') return name === dependency;
  return breaks === 'dependencies' && (dependency === null ? dependencies.length > 0 : name === dependency);
}

function longestTimeout(calls: readonly Call[]): number {
  return Math.max(0, ...calls.map(({ timeoutMs }) => timeoutMs));
}
