import { toProblem } from '../../errors.ts';
import type { DrillConfig, DrillPlan, DrillResult, DrillRun } from '../../types-drill.ts';
import { formatDuration } from '../../units.ts';
import { cutPhases, summarizePhases } from './phases.ts';
import { type DrillDeps, runDrill } from './run-drill.ts';

export interface DrillRequest {
  readonly id: string;
  readonly seed: number;
  readonly config: DrillConfig;
}

export interface DrillRunDeps extends Omit<DrillDeps, 'onProgress'> {
  /** Makes sure that the service is up before a drill; `anew`: by starting it again. */
  readonly prepare: (anew: boolean) => Promise<void>;
  /** Keeps what is known so far; called after each drill. */
  readonly keep: (run: DrillRun) => Promise<void>;
  /** Drills done, with a fraction for the one under way, and what it does. */
  readonly onProgress: (done: number, message: string) => void;
}

/**
 * Runs drills one after another, each on a service that is up; one that did not recover is started again for the
 * next. A drill that cannot be run does not keep the others from it. What was measured is kept after each.
 */
export async function runDrills({ id, seed, config }: DrillRequest, deps: DrillRunDeps): Promise<DrillRun> {
  const startedAt = deps.clock.date().toISOString();
  const results: DrillResult[] = [];
  const tell = (state: DrillRun['state'], endedAt: string | null): DrillRun => ({
    id,
    startedAt,
    endedAt,
    state,
    seed,
    config,
    results,
  });
  await deps.keep(tell('running', null));
  let anew = false;
  for (const plan of config.run) {
    if (deps.signal.aborted) break;
    const done = results.length;
    const onProgress = (share: number, message: string) => deps.onProgress(done + share, message);
    const result = await runPrepared(plan, anew, { ...deps, onProgress }, deps.prepare);
    anew = result.recovery?.recoveredAfterMs == null || result.unexpectedEnds.length > 0;
    results.push(result);
    await deps.keep(tell('running', null));
  }
  const run = tell(deps.signal.aborted ? 'cancelled' : 'finished', deps.clock.date().toISOString());
  await deps.keep(run);
  return run;
}

/** Longest time that the drills may take, in ms. */
export function longestMs(plans: readonly DrillPlan[]): number {
  return plans.reduce((sum, plan) => sum + plan.baselineMs + plan.failureMs + plan.recoveryLimitMs, 0);
}

/** For people: `database_down on db, 20 requests/s, 15s + 15s + at most 1m`. */
export function describePlan(plan: DrillPlan): string {
  const where = plan.dependency === null ? '' : ` on ${plan.dependency}`;
  const times = [plan.baselineMs, plan.failureMs].map(formatDuration).join(' + ');
  return `${plan.id}${where}, ${plan.users * plan.ratePerUser} requests/s, ${times} + at most ${formatDuration(plan.recoveryLimitMs)}`;
}

async function runPrepared(
  plan: DrillPlan,
  anew: boolean,
  deps: DrillDeps,
  prepare: DrillRunDeps['prepare'],
): Promise<DrillResult> {
  try {
    await prepare(anew);
    return await runDrill(plan, deps);
  } catch (error) {
    return notRun(plan, deps, toProblem(error));
  }
}

function notRun(plan: DrillPlan, deps: DrillDeps, problem: string): DrillResult {
  const nowhere = {
    failureAtMs: null,
    failureEndMs: null,
    recoveredAfterMs: null,
    endMs: 0,
    isMomentary: false,
  };
  return {
    plan,
    state: deps.signal.aborted ? 'cancelled' : 'failed',
    problem,
    startedAt: deps.clock.date().toISOString(),
    broke: '',
    acted: { value: false, evidence: 'the drill was not begun' },
    failureAtMs: null,
    failureEndMs: null,
    endMs: 0,
    phases: summarizePhases([], cutPhases(nowhere)),
    recovery: null,
    timeline: [],
    health: [],
    vitals: [],
    dependencies: [],
    durability: [],
    unexpectedEnds: [],
  };
}
