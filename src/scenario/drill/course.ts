import { type Clock, sleep } from '../../clock.ts';
import { AppError, toProblem } from '../../errors.ts';
import { createRandom } from '../../random.ts';
import type { DrillPlan, DrillResult, RecoveryRule } from '../../types-drill.ts';
import { isFailed, isMeasured } from '../verdict/failure.ts';
import type { ActiveFailure, DrillDependency, DrillMeans, DrillService } from './drill.ts';
import type { DrillLoad } from './load.ts';
import { findKind } from './plan.ts';
import {
  explainRecovery,
  findRecovery,
  limitsFrom,
  type RecoveryLimits,
  type RecoverySearch,
} from './recovery.ts';

const LOOK_EVERY_MS = 100;
/** A baseline that fails more often than this shows nothing about a failure. */
const MOST_FAILED_IN_BASELINE = 0.2;

/** How far a drill came; times are ms since it began. */
export interface Course {
  state: DrillResult['state'];
  problem: string | null;
  failure: ActiveFailure | null;
  failureAtMs: number | null;
  failureEndMs: number | null;
  recovery: DrillResult['recovery'];
  limits: RecoveryLimits | null;
}

/** What a course needs of its drill. */
export interface CourseDeps {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly seed: number;
  readonly rule: RecoveryRule;
  readonly service: DrillService;
  readonly dependencies: readonly DrillDependency[];
  readonly means: DrillMeans;
  /** Says what the drill does now, and how much of its longest time has passed, 0 to 1. */
  readonly onProgress: (share: number, message: string) => void;
}

/** Goes through the phases; whatever happens, what was broken is mended before it returns. Never rejects. */
export async function follow(
  plan: DrillPlan,
  load: DrillLoad,
  epochMs: number,
  deps: CourseDeps,
): Promise<Course> {
  const course: Course = {
    state: 'finished',
    problem: null,
    failure: null,
    failureAtMs: null,
    failureEndMs: null,
    recovery: null,
    limits: null,
  };
  try {
    await passPhases(course, plan, load, epochMs, deps);
  } catch (error) {
    course.state = deps.signal.aborted ? 'cancelled' : 'failed';
    course.problem = deps.signal.aborted ? 'it was cancelled' : toProblem(error);
  } finally {
    await course.failure?.end().catch((error: unknown) => {
      course.state = 'failed';
      course.problem = `What was broken could not be mended: ${toProblem(error)}`;
    });
  }
  return course;
}

async function passPhases(
  course: Course,
  plan: DrillPlan,
  load: DrillLoad,
  epochMs: number,
  deps: CourseDeps,
): Promise<void> {
  const { clock, signal, rule } = deps;
  const kind = findKind(plan.kind, plan.id);
  const totalMs = plan.baselineMs + plan.failureMs + plan.recoveryLimitMs;
  const now = () => clock.now() - epochMs;
  const report = (phase: string) => {
    const failed = load.samples.filter(isFailed).length;
    const message = `${plan.id}: ${phase}, ${load.samples.length} requests, ${failed} failed`;
    deps.onProgress(Math.min(1, now() / totalMs), message);
  };
  const pass = async (phase: string, untilMs: number) => {
    for (; now() < untilMs; report(phase))
      await sleep(clock, Math.min(1_000, Math.max(1, untilMs - now())), signal);
  };

  await pass('baseline', plan.baselineMs);
  demandWell(load);
  course.limits = limitsFrom(load.samples, rule);
  course.failureAtMs = now();
  course.failure = await kind.begin(kind.params.parse(plan.params), {
    clock,
    random: createRandom(deps.seed, 'drill', plan.id),
    signal,
    failureMs: plan.failureMs,
    dependency: deps.dependencies.find(({ name }) => name === plan.dependency) ?? null,
    dependencies: deps.dependencies,
    service: deps.service,
    means: deps.means,
  });
  if (!kind.isMomentary) await pass('failure', course.failureAtMs + plan.failureMs);
  await course.failure.end();
  course.failureEndMs = kind.isMomentary ? course.failureAtMs : now();

  const { limits, failureEndMs: fromMs } = course;
  const search = (): RecoverySearch => ({
    samples: load.samples,
    fromMs,
    intervalMs: load.intervalMs,
    limits,
    rule,
  });
  let recoveredAfterMs: number | null = null;
  for (let nextReportMs = 0; recoveredAfterMs === null && now() < fromMs + plan.recoveryLimitMs; ) {
    await sleep(clock, LOOK_EVERY_MS, signal);
    recoveredAfterMs = findRecovery(search());
    // Nothing starts it again, so there is nothing to wait for.
    if (!deps.service.isRunning()) break;
    if (now() < nextReportMs) continue;
    nextReportMs = now() + 1_000;
    report('recovery');
  }
  const reason =
    recoveredAfterMs === null && !deps.service.isRunning()
      ? 'The process of the service has ended, and nothing started it again.'
      : explainRecovery(recoveredAfterMs, search(), plan.recoveryLimitMs);
  course.recovery = { fromMs, recoveredAfterMs, ...limits, reason };
}

function demandWell(load: DrillLoad): void {
  const measured = load.samples.filter(isMeasured);
  const failed = measured.filter(isFailed);
  if (measured.length > 0 && failed.length <= measured.length * MOST_FAILED_IN_BASELINE) return;
  const first = failed[0];
  const seen = first === undefined ? 'no answer came at all' : `the first: ${first.status ?? first.outcome}`;
  throw new AppError(
    'SERVICE_NOT_READY',
    `Before anything was broken, ${failed.length} of ${measured.length} requests failed (${seen}); a drill needs a service that works.`,
    { hint: 'Check drills.load in breakwater.yaml, and that what the service depends on runs.' },
  );
}
