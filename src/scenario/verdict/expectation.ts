import type { Expectation } from '../../types.ts';
import type { ExpectationResult, Sample, VerdictReason } from '../../types-run.ts';
import { showMs } from '../../units.ts';
import { gatherDelays, type ItemDelays, paidMs, slowCause } from './delays.ts';
import { causeOf, type FailureContext } from './failure.ts';

export interface JudgedExpectations {
  readonly results: readonly ExpectationResult[];
  /** One for each expectation that a call does not meet; the first such call speaks. */
  readonly reasons: readonly VerdictReason[];
}

/** One thing that each call must meet. A call without an answer meets none. */
interface Demand {
  readonly expected: string;
  readonly isMet: (sample: Sample) => boolean;
  readonly explain: (sample: Sample) => VerdictReason;
}

/** Whether one call meets the status and the time that are expected of it. */
export function meetsExpectation(sample: Sample, expect: Expectation): boolean {
  return listDemands(expect, { baselineMaxMs: 0, timeoutMs: 0 }, gatherDelays([sample], [])).every((demand) =>
    demand.isMet(sample),
  );
}

/** Counts how many calls meet what is expected; `judged` says whether one that does not is a failure. */
export function judgeExpectations(
  expect: Expectation,
  samples: readonly Sample[],
  context: FailureContext,
  delays: ItemDelays,
  judged: boolean,
): JudgedExpectations {
  const counted = listDemands(expect, context, delays).map((demand) => {
    const unmet = samples.filter((sample) => !demand.isMet(sample));
    return { demand, unmet, met: samples.length - unmet.length };
  });
  return {
    results: counted.map(({ demand, met }) => ({
      expected: demand.expected,
      met,
      calls: samples.length,
      judged,
    })),
    reasons: counted.flatMap(({ demand, unmet }) => {
      // A failure of the target's own says more than an injected one.
      const reasons = unmet.map(demand.explain);
      const first = reasons.find((reason) => reason.cause === 'target') ?? reasons[0];
      if (first === undefined || !judged) return [];
      const which = samples.length === 1 ? '' : ` (${unmet.length} of ${samples.length} calls)`;
      return [{ ...first, message: `${first.message}${which}` }];
    }),
  };
}

function listDemands(expect: Expectation, context: FailureContext, delays: ItemDelays): Demand[] {
  const demands: Demand[] = [];
  if (expect.statuses.length > 0) demands.push(demandStatus(expect.statuses, context));
  if (expect.responseTimeUnderMs !== null)
    demands.push(demandTime(expect.responseTimeUnderMs, context, delays));
  return demands;
}

function demandStatus(statuses: readonly number[], context: FailureContext): Demand {
  const expected = `status ${statuses.join(' or ')}`;
  return {
    expected,
    isMet: ({ outcome, status }) => outcome === 'answered' && status !== null && statuses.includes(status),
    explain: (sample) => ({
      message: `expected ${expected}, got ${describeOutcome(sample)}`,
      cause: causeOf(sample, context),
      remedy: null,
    }),
  };
}

function demandTime(limitMs: number, context: FailureContext, delays: ItemDelays): Demand {
  return {
    expected: `an answer in under ${showMs(limitMs)}`,
    isMet: (sample) => sample.outcome === 'answered' && sample.latencyMs < limitMs,
    explain: (sample) => {
      const injected = paidMs(sample) ?? 0;
      const share = injected >= 1 ? ` (${showMs(injected)} of it injected)` : '';
      return sample.outcome === 'answered'
        ? {
            message: `answered after ${showMs(sample.latencyMs)}${share}, expected under ${showMs(limitMs)}`,
            cause: slowCause([sample], delays, (left) => left.some((time) => time >= limitMs)),
            remedy: null,
          }
        : {
            message: `expected an answer in under ${showMs(limitMs)}, got ${describeOutcome(sample)}`,
            cause: causeOf(sample, context),
            remedy: null,
          };
    },
  };
}

/** `503 after 12.1 ms`, `no answer within 500.0 ms`, `connection refused after 0.4 ms`. */
export function describeOutcome(sample: Sample): string {
  const time = showMs(sample.latencyMs);
  switch (sample.outcome) {
    case 'answered':
      return `${sample.status} after ${time}`;
    case 'timeout':
      return `no answer within ${time}`;
    case 'refused':
      return `connection refused after ${time}`;
    case 'reset':
      return `connection broken after ${time}`;
    case 'dns':
      return `a name that does not resolve after ${time}`;
    case 'tls':
      return `a TLS error after ${time}`;
    case 'protocol':
      return `an answer that is not HTTP, or ends early, after ${time}`;
    case 'aborted':
      return `nothing: the run was stopped after ${time}`;
  }
}
