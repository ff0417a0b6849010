import type { DependencyTraffic, ItemResult, PlannedItem, RunResult } from '../../types-run.ts';
import { showMs } from '../../units.ts';
import { findBreakdown } from './find-breakdown.ts';
import type { Symptom, SymptomKind } from './symptom.ts';

/** A wait this near to the client's limit counts as the whole limit. */
const FULL_WAIT = 0.98;
const MANY_CALLS = 3;
/** Residual time is noise below this, and below the baseline itself. */
const MIN_RESIDUAL_MS = 50;

/** Faults under which the dependency's failure is known at once. */
const AT_ONCE = new Set(['httperror', 'refuse', 'reset']);

type Seen = Pick<Symptom, 'kind' | 'seen' | 'figures' | 'strength'>;

/** Lists what the items of a run show of the target's own behaviour, in the order of the run. */
export function findSymptoms(run: RunResult): Symptom[] {
  const planned = new Map(run.run.items.map((item) => [item.id, item]));
  return run.results.flatMap((result, index) => {
    const item = planned.get(result.itemId);
    return item === undefined
      ? []
      : listSeen(result, item, { all: run.results, next: run.results[index + 1] }).map((seen) => ({
          ...seen,
          runId: run.run.id,
          itemId: result.itemId,
          endpoint: result.endpoint,
          scenarioTitle: result.scenarioTitle,
        }));
  });
}

interface Around {
  readonly all: readonly ItemResult[];
  readonly next: ItemResult | undefined;
}

function listSeen(result: ItemResult, planned: PlannedItem, { all, next }: Around): Seen[] {
  if (result.verdict.value === 'inconclusive') return [];
  const hitDependency = result.dependencies.find((traffic) => traffic.hits > 0) ?? null;
  const residual = findResidual(result);
  const recovery = findSlowRecovery(result);
  const own: readonly (Seen | null)[] =
    hitDependency === null
      ? [residual, recovery, residual === null && recovery === null ? findEdgeOnly(result) : null]
      : [
          findHang(result, planned, hitDependency),
          findUnclearError(result, hitDependency),
          residual,
          recovery,
        ];
  const multiplied = result.dependencies.map((traffic) => findMultiplication(result, traffic, all));
  return [findBreakdown(result, planned, next), ...own, ...multiplied].filter((seen) => seen !== null);
}

function findHang(result: ItemResult, planned: PlannedItem, traffic: DependencyTraffic): Seen | null {
  const limitMs = planned.item.call.timeoutMs;
  const timeouts = result.outcomes.timeout ?? 0;
  const longest = result.observed.maxMs;
  const fullWait = longest !== null && longest >= limitMs * FULL_WAIT;
  if (timeouts === 0 && !fullWait) return null;
  const faults = [...new Set(result.fidelity.map((fault) => fault.type))];
  const types = faults.join(', ');
  // Who gets an error at once and still waits does not wait for the dependency, but for an end of trying.
  const failedAtOnce = faults.length > 0 && faults.every((type) => AT_ONCE.has(type));
  return {
    kind: failedAtOnce ? 'hang_on_error' : 'hang',
    seen: `While ${traffic.proxy} was under ${types || 'a fault'}, requests waited for the client's whole limit of ${showMs(limitMs)}.`,
    figures: `${timeouts} of ${result.requests} timed out, ${describeBaseline(result)}`,
    strength: failedAtOnce || types.includes('blackhole') ? 1 : 0.8,
  };
}

function describeBaseline(result: ItemResult): string {
  const { p50Ms } = result.baseline;
  return p50Ms === null ? 'with no baseline' : `against ${showMs(p50Ms)} without the fault`;
}

function findMultiplication(
  result: ItemResult,
  traffic: DependencyTraffic,
  all: readonly ItemResult[],
): Seen | null {
  const { perRequest } = traffic;
  if (perRequest === null || traffic.hits === 0) return null;
  const calm = all
    .filter((other) => other.endpoint === result.endpoint)
    .flatMap((other) => other.dependencies.filter((one) => one.proxy === traffic.proxy && one.hits === 0))
    .map((one) => one.perRequest ?? Number.POSITIVE_INFINITY);
  const usual = calm.length === 0 ? null : Math.min(...calm);
  const farAbove = usual === null ? perRequest > MANY_CALLS : perRequest >= Math.max(2, usual * 2.5);
  if (!farAbove && perRequest <= MANY_CALLS) return null;
  const compared = usual === null ? '' : `, ${usual.toFixed(1)} without the fault`;
  return {
    kind: 'retry_multiplication',
    seen: `Each request caused ${perRequest.toFixed(1)} calls at ${traffic.proxy} while it was failing.`,
    figures: `${traffic.exchanges} calls for ${result.requests} ${result.requests === 1 ? 'request' : 'requests'}${compared}`,
    strength: traffic.joinedBy === 'item' ? 0.85 : 1,
  };
}

function findUnclearError(result: ItemResult, traffic: DependencyTraffic): Seen | null {
  const plain = result.outcomes['500'] ?? 0;
  const pages = result.htmlErrors ?? 0;
  if (plain === 0 && pages === 0) return null;
  const as = [
    ...(plain > 0 ? ['500 instead of 502, 503 or 504'] : []),
    ...(pages > 0 ? ['an HTML page'] : []),
  ];
  const counts = [...(plain > 0 ? [`${plain} were 500`] : []), ...(pages > 0 ? [`${pages} were pages`] : [])];
  return {
    kind: 'unclear_error',
    seen: `Failures of ${traffic.proxy} came out as ${as.join(' and as ')}.`,
    figures: `of ${result.requests} answers ${counts.join(', ')}`,
    strength: 0.8,
  };
}

/** Shorter than this after the end of a fault is the rest of what was under way. */
const MIN_RECOVERY_MS = 1_000;

function findSlowRecovery({ recoveryMs = null }: ItemResult): Seen | null {
  if (recoveryMs === null || recoveryMs < MIN_RECOVERY_MS) return null;
  return {
    kind: 'slow_recovery',
    seen: `After the fault had ended, it took ${showMs(recoveryMs)} until requests that no fault touched were answered well again.`,
    figures: `first of three good answers in a row after ${showMs(recoveryMs)}`,
    strength: 0.8,
  };
}

function findResidual(result: ItemResult): Seen | null {
  const residualMs = result.residualP95Ms ?? result.residualP50Ms;
  if (residualMs === null || !Number.isFinite(residualMs)) return null;
  const usualMs = result.baseline.p95Ms ?? result.baseline.p50Ms ?? 0;
  if (residualMs < Math.max(MIN_RESIDUAL_MS, usualMs)) return null;
  const amplified = result.amplification === null ? '' : `, amplification ${result.amplification.toFixed(1)}`;
  return {
    kind: 'slow_beyond_fault',
    seen: `${showMs(residualMs)} remain after what was injected and the baseline are taken away.`,
    figures: `${describeResidual(result)}${amplified}`,
    strength: residualMs > usualMs * 3 + MIN_RESIDUAL_MS ? 0.9 : 0.6,
  };
}

function describeResidual({ residualP50Ms, residualP95Ms }: ItemResult): string {
  const of = (name: string, ms: number | null) => (ms === null ? [] : [`${name} ${showMs(ms)}`]);
  return `residual ${[...of('p50', residualP50Ms), ...of('p95', residualP95Ms)].join(', ')}`;
}

/** The fault lay at the edge, and nothing beyond what was injected is left to explain. */
function findEdgeOnly(result: ItemResult): Seen | null {
  const acted = result.fidelity.some((fault) => fault.actedOn > 0);
  const residualMs = result.residualP95Ms ?? result.residualP50Ms;
  if (!acted || residualMs === null || result.failed > result.failedByInjection) return null;
  return {
    kind: 'edge_only',
    seen: 'What the client saw is what was injected between client and service; the service itself kept its pace.',
    figures: describeResidual(result),
    strength: 0.9,
  };
}

/** Symptoms that accuse the target of something. */
export function isAccusing(kind: SymptomKind): boolean {
  return kind !== 'edge_only';
}
