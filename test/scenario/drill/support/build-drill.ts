import { DRILLS } from '../../../../src/scenario/drill/drills/index.ts';
import { cutPhases, layOutTimeline, summarizePhases } from '../../../../src/scenario/drill/phases.ts';
import { explainRecovery, findRecovery, limitsFrom } from '../../../../src/scenario/drill/recovery.ts';
import type { Call } from '../../../../src/types.ts';
import type { DrillConfig, DrillPlan, DrillResult, DrillRun } from '../../../../src/types-drill.ts';
import type { Sample } from '../../../../src/types-run.ts';
import type { DependencyRecord, VitalPoint } from '../../../../src/types-watch.ts';
import { sampleAt } from './samples.ts';
import { type DependencyCourse, recordDependency } from './watch-series.ts';

export const FAILURE_AT_MS = 5_000;
export const FAILURE_END_MS = 10_000;
const RECOVERY_LIMIT_MS = 10_000;
const USERS = 20;
const INTERVAL_MS = 50;
export const GIVES_UP_AFTER_MS = 2_000;

const call: Call = {
  method: 'GET',
  url: '/stories',
  headers: {},
  body: null,
  timeoutMs: GIVES_UP_AFTER_MS,
  operationId: null,
};

export const CONFIG: DrillConfig = {
  health: '/health',
  load: [call, { ...call, method: 'POST', body: '{"title":"{{uuid}}"}' }],
  rtoMs: { database: 300_000, cache: 60_000, application_crash: 120_000, network: 300_000 },
  rpoMs: { user_data: 900_000, transactions: 300_000, session_data: 60_000 },
  durability: [],
  languages: [],
  recovery: { windowMs: 250, windows: 4, errorShare: 0.01, p95Factor: 1.5, p95SlackMs: 50 },
  run: [],
};

/** How a service behaves in one drill; what is left out is calm. */
export interface Behaviour {
  readonly kind: string;
  readonly id?: string;
  /** What a request gets while it is broken; `sinceMs` counts from the beginning of the failure. */
  readonly broken?: (sinceMs: number, index: number) => Partial<Sample>;
  /** What one gets otherwise; 12 ms to a 200 unless told otherwise. */
  readonly calm?: (index: number) => Partial<Sample>;
  /** So long after the end of the failure it is still as when broken. */
  readonly backAfterMs?: number;
  /** Status of the health endpoint while the service is broken. */
  readonly healthWhenBroken?: number | null;
  readonly dependencies?: readonly DependencyCourse[];
  readonly vitals?: (atMs: number, isBroken: boolean) => Partial<VitalPoint>;
  readonly over?: Partial<DrillResult>;
  readonly plan?: Partial<DrillPlan>;
}

/** Builds a drill as the engine would: requests every 50 ms, phases, timeline and recovery by its own functions. */
export function buildDrill(behaviour: Behaviour): DrillResult {
  const { kind, broken = () => ({}), calm = () => ({}), backAfterMs = 0 } = behaviour;
  const isMomentary =
    DRILLS.find((drill) => drill.kind === kind)?.isMomentary ?? kind === 'application_crash';
  const failureEndMs = isMomentary ? FAILURE_AT_MS : FAILURE_END_MS;
  const backMs = failureEndMs + backAfterMs;
  const isBroken = (atMs: number) => atMs >= FAILURE_AT_MS && atMs < backMs;
  const all = samplesUntil(failureEndMs + RECOVERY_LIMIT_MS, (dueMs, index) => ({
    latencyMs: 12,
    ...(isBroken(dueMs) ? broken(dueMs - FAILURE_AT_MS, index) : calm(index)),
  }));
  const rule = CONFIG.recovery;
  const limits = limitsFrom(
    all.filter(({ dueMs }) => dueMs < FAILURE_AT_MS),
    rule,
  );
  const search = { samples: all, fromMs: failureEndMs, intervalMs: INTERVAL_MS, limits, rule };
  const recoveredAfterMs = findRecovery(search);
  const endMs =
    failureEndMs +
    (recoveredAfterMs === null ? RECOVERY_LIMIT_MS : recoveredAfterMs + rule.windows * rule.windowMs + 500);
  const samples = all.filter(({ dueMs }) => dueMs < endMs);
  const times = { failureAtMs: FAILURE_AT_MS, failureEndMs, recoveredAfterMs, endMs, isMomentary };
  const spans = cutPhases(times);
  const every = <Point>(make: (atMs: number) => Point) =>
    Array.from({ length: Math.floor(endMs / 250) }, (_point, index) => make(index * 250));
  return {
    plan: {
      id: behaviour.id ?? kind,
      kind,
      dependency: behaviour.dependencies?.find((each) => each.broken === true)?.name ?? null,
      users: USERS,
      ratePerUser: 1,
      baselineMs: FAILURE_AT_MS,
      failureMs: FAILURE_END_MS - FAILURE_AT_MS,
      recoveryLimitMs: RECOVERY_LIMIT_MS,
      params: {},
      ...behaviour.plan,
    },
    state: 'finished',
    problem: null,
    startedAt: '2026-11-21T09:00:00.000Z',
    broke: `${kind} was brought about`,
    acted: { value: true, evidence: 'the fault acted 80 times at the proxy of db' },
    failureAtMs: FAILURE_AT_MS,
    failureEndMs,
    endMs,
    phases: summarizePhases(samples, spans),
    recovery: {
      fromMs: failureEndMs,
      recoveredAfterMs,
      ...limits,
      reason: explainRecovery(recoveredAfterMs, search, RECOVERY_LIMIT_MS),
    },
    timeline: layOutTimeline(samples, endMs, rule.windowMs),
    health: every((atMs) => ({
      atMs,
      status: isBroken(atMs) && behaviour.healthWhenBroken !== undefined ? behaviour.healthWhenBroken : 200,
      tookMs: 3,
    })),
    vitals: every((atMs) => ({ ...CALM_VITALS, atMs, ...behaviour.vitals?.(atMs, isBroken(atMs)) })),
    dependencies: (behaviour.dependencies ?? []).map(
      (course): DependencyRecord => recordDependency(course, every, isBroken, 1_000 / INTERVAL_MS),
    ),
    durability: [],
    unexpectedEnds: [],
    ...behaviour.over,
  };
}

/** Builds a run of some drills. */
export function buildRun(results: readonly DrillResult[], config: Partial<DrillConfig> = {}): DrillRun {
  return {
    id: 'drl_0123456789abcdef',
    startedAt: '2026-11-21T09:00:00.000Z',
    endedAt: '2026-11-21T09:02:10.000Z',
    state: 'finished',
    seed: 7,
    config: { ...CONFIG, run: results.map(({ plan }) => plan), ...config },
    results,
  };
}

/** An answer with a status, a body and a time. */
export function answer(status: number, body: string, latencyMs: number): Partial<Sample> {
  return { status, latencyMs, bodyStart: status >= 500 ? body : null };
}

/** No answer within the time that the users wait. */
export const HANGS: Partial<Sample> = {
  outcome: 'timeout',
  status: null,
  latencyMs: GIVES_UP_AFTER_MS,
  contentType: null,
};

const CALM_VITALS: Omit<VitalPoint, 'atMs'> = {
  targetCores: 0.2,
  targetBytes: 84_000_000,
  machineCpuShare: 0.25,
  machineMemoryShare: 0.4,
  swapUsedBytes: 0,
  swapPages: 0,
};

function samplesUntil(
  endMs: number,
  change: (dueMs: number, index: number) => Partial<Sample>,
): readonly Sample[] {
  return Array.from({ length: endMs / INTERVAL_MS }, (_sample, index) =>
    sampleAt(index * INTERVAL_MS, change(index * INTERVAL_MS, index)),
  );
}
