import type { Notice, Slo } from '../../types.ts';
import type {
  DependencyTraffic,
  Exchange,
  ItemResult,
  PlannedItem,
  Sample,
  Verdict,
  VerdictReason,
  Window,
} from '../../types-run.ts';
import { measureAftermath } from './aftermath.ts';
import { judgeBodies } from './body.ts';
import { gatherDelays } from './delays.ts';
import { judgeExpectations } from './expectation.ts';
import { causeOf, type FailureContext, failsBy, isMeasured, responseTimeMs } from './failure.ts';
import { certifyFaults, type RequestedFault } from './fidelity.ts';
import { percentileInterval } from './interval.ts';
import { countOutcomes } from './outcomes.ts';
import { maxOf, sortValues, summarizeLatency } from './percentile.ts';
import { measureResidual } from './residual.ts';
import { judgeSlo } from './slo.ts';

/** Everything that an item is judged from. */
export interface ItemEvidence {
  readonly planned: PlannedItem;
  /** Of all phases. */
  readonly samples: readonly Sample[];
  /** Requests that the strategy wanted to send with the faults. */
  readonly plannedRequests: number;
  readonly slos: readonly Slo[];
  readonly faults: readonly RequestedFault[];
  /** When any fault was active, in ms since the item began. */
  readonly windows: readonly Window[];
  /** Exchanges of the faulted phase at the proxies on which the faults were. */
  readonly actedExchanges: readonly Exchange[];
  /** Of those, the ones at dependencies that could not be joined to a request. */
  readonly unjoined: readonly Exchange[];
  readonly dependencies: readonly DependencyTraffic[];
  readonly notices: readonly Notice[];
  /** Why it was not run, or stopped before its end; `null` when it ran to its end. */
  readonly obstacle: VerdictReason | null;
  /** What to do where a fault acted on nothing; `null`: what is said of every item. */
  readonly idleRemedy: string | null;
  readonly durationMs: number | null;
}

/** Judges an item by what was measured, never by what was expected. */
export function judgeItem(evidence: ItemEvidence): ItemResult {
  const { planned, dependencies, notices } = evidence;
  const { item } = planned;
  const { degradable = false } = item.context;
  const measured = evidence.samples.filter(isMeasured);
  const faulted = measured.filter((sample) => sample.phase === 'faulted');
  const baselineMs = pickBaseline(measured);
  const context: FailureContext = {
    baselineMaxMs: maxOf(baselineMs.filter(Number.isFinite)) ?? 0,
    timeoutMs: item.call.timeoutMs,
  };
  const delays = gatherDelays(faulted, evidence.unjoined);
  const underLoad = item.context.strategy.mode === 'load';
  const slosJudged = item.expect.allSloAreValid ?? underLoad;
  const expectations = judgeExpectations(item.expect, faulted, context, delays, !underLoad);
  const bodies = judgeBodies(item.expect, measured, context);
  const slos = evidence.slos.map((slo) =>
    judgeSlo(slo, {
      samples: faulted,
      planned: evidence.plannedRequests,
      windows: evidence.windows,
      context,
      delays,
      judged: slosJudged,
      degradable,
    }),
  );
  const fidelity = certifyFaults(evidence.faults, evidence.actedExchanges);
  const judged = slosJudged ? slos : [];
  const verdict = decide(evidence, {
    faulted,
    unproven: explainUnproven(measured, faulted, item.expect.statuses),
    failing: [
      ...expectations.reasons,
      ...bodies.failing,
      ...judged.flatMap(({ result, reason }) =>
        result.verdict === 'fail' && reason !== null ? [reason] : [],
      ),
    ],
    unsure: [
      ...judged.flatMap(({ result, reason }) =>
        result.verdict === 'inconclusive' && reason !== null ? [reason] : [],
      ),
      ...bodies.open,
    ],
    demands: judged.length + bodies.results.length + (underLoad ? 0 : expectations.results.length),
    idle: fidelity.filter((fault) => fault.actedOn === 0).map((fault) => `${fault.type}: ${fault.injected}`),
  });
  const times = faulted.map(responseTimeMs);
  const failed = faulted.filter(failsBy({ degradable }));
  return {
    itemId: planned.id,
    scenarioTitle: planned.scenarioTitle,
    endpoint: planned.endpoint,
    operationId: item.call.operationId,
    verdict,
    baseline: summarizeLatency(baselineMs),
    observed: summarizeLatency(times),
    ...measureResidual(faulted, baselineMs, evidence.unjoined),
    ...measureAftermath(faulted, evidence.windows, context),
    p50IntervalMs: percentileInterval(sortValues(times), 50),
    p95IntervalMs: percentileInterval(sortValues(times), 95),
    requests: faulted.length,
    failed: failed.length,
    failedByInjection: failed.filter((sample) => causeOf(sample, context) === 'injected').length,
    outcomes: countOutcomes(faulted, degradable),
    expectations: [...expectations.results, ...bodies.results],
    slos: slos.map(({ result }) => result),
    fidelity,
    dependencies,
    maxLatenessMs: maxOf(faulted.map((sample) => sample.sentMs - sample.dueMs)),
    durationMs: evidence.durationMs,
    notices,
  };
}

interface Findings {
  readonly faulted: readonly Sample[];
  /** Why the answers say nothing about the faults; `null` when they do. */
  readonly unproven: VerdictReason | null;
  readonly failing: readonly VerdictReason[];
  readonly unsure: readonly VerdictReason[];
  /** How many things were judged. */
  readonly demands: number;
  readonly idle: readonly string[];
}

/**
 * A failure that nothing could still change stands, also in a run that did not finish. Everything else that
 * is open, faults that never acted before all, makes the item inconclusive.
 */
function decide(evidence: ItemEvidence, findings: Findings): Verdict {
  const { obstacle, faults, planned, plannedRequests } = evidence;
  const { faulted, unproven, failing, unsure, idle } = findings;
  if (faulted.length === 0) return inconclusive([obstacle ?? NOTHING_MEASURED]);
  if (unproven !== null) return inconclusive([unproven]);
  const idleReason = explainIdle(evidence, idle);
  // Stopped before its end, a fault may not have had its time yet.
  if (idleReason !== null && obstacle !== null)
    return inconclusive([stoppedAfter(evidence, faulted, obstacle)]);
  if (idleReason !== null && idle.length === faults.length) {
    return inconclusive([
      idleReason,
      ...failing.map((reason) => ({ ...reason, message: `without it, ${reason.message}` })),
    ]);
  }
  if (failing.length > 0) return { value: 'fail', reasons: failing };
  const open = [...(idleReason === null ? [] : [idleReason]), ...unsure];
  // Under load each SLO has already weighed what the missing requests could change.
  const cut = faulted.length < plannedRequests && planned.item.context.strategy.mode !== 'load';
  if (cut) open.push(obstacle === null ? NOTHING_MEASURED : stoppedAfter(evidence, faulted, obstacle));
  if (findings.demands === 0) open.push(NOTHING_EXPECTED);
  return open.length > 0 ? inconclusive(open) : { value: 'pass', reasons: [] };
}

const NOTHING_MEASURED: VerdictReason = {
  message: 'nothing was measured',
  cause: null,
  remedy: 'Run it again.',
};
const NOTHING_EXPECTED: VerdictReason = {
  message: 'nothing is expected of it, so nothing was judged',
  cause: null,
  remedy: 'Add expect.status, expect.response_time_under, or slo with all_slo_are_valid: true.',
};
/** Share of refusals above which answers show only that the request itself is not accepted. */
const MOSTLY = 0.9;

/**
 * A request that the target refuses (4xx) while nothing shows that it accepts it without faults tests nothing:
 * credentials or data are missing, and neither a pass nor a failure would mean anything.
 */
function explainUnproven(
  measured: readonly Sample[],
  faulted: readonly Sample[],
  expected: readonly number[],
): VerdictReason | null {
  const accepted = ({ outcome, status }: Sample) =>
    outcome === 'answered' && status !== null && (status < 400 || expected.includes(status));
  if (measured.some((sample) => ['preflight', 'baseline'].includes(sample.phase) && accepted(sample)))
    return null;
  const own = faulted.filter(
    ({ outcome, exchange }) =>
      outcome === 'answered' && !(exchange?.hits.some((hit) => hit.status !== null) ?? false),
  );
  const refused = own.filter((sample) => !accepted(sample) && (sample.status ?? 0) < 500);
  if (own.length === 0 || refused.length < MOSTLY * own.length) return null;
  return {
    message: `answers ${refused[0]?.status} (${refused.length} of ${own.length}), and nothing shows that it is accepted without a fault`,
    cause: null,
    remedy:
      'Give what it needs: headers with credentials, a body or path values that exist; or expect that status.',
  };
}

function stoppedAfter(
  { plannedRequests }: ItemEvidence,
  faulted: readonly Sample[],
  obstacle: VerdictReason,
): VerdictReason {
  return {
    ...obstacle,
    message: `stopped after ${faulted.length} of ${plannedRequests} requests: ${obstacle.message}`,
  };
}

function explainIdle({ planned, idleRemedy }: ItemEvidence, idle: readonly string[]): VerdictReason | null {
  if (idle.length === 0) return null;
  const { strategy } = planned.item.context;
  const chance = planned.item.context.faults.some(
    ({ probability, params, type }) => probability < 1 || (type === 'packetloss' && params.rate !== 1),
  );
  return {
    message: `${idle.length === 1 ? 'a fault' : `${idle.length} faults`} never acted (${idle.join('; ')})`,
    cause: null,
    remedy:
      chance && strategy.mode !== 'load'
        ? 'A chance fault needs many requests: use strategy mode load.'
        : (idleRemedy ??
          'Check upstreams, side, direction and period, or whether the answer is large enough for the fault to bite.'),
  };
}

function inconclusive(reasons: readonly VerdictReason[]): Verdict {
  return { value: 'inconclusive', reasons };
}

/** The load's own baseline, else the baseline call of `repeat` together with the pre-flight call. */
function pickBaseline(samples: readonly Sample[]): number[] {
  const answered = samples.filter((sample) => sample.outcome === 'answered');
  const own = answered.filter((sample) => sample.phase === 'baseline');
  const used = own.length > 0 ? own : answered.filter((sample) => sample.phase === 'preflight');
  return used.map((sample) => sample.latencyMs);
}
