import type { Slo } from '../../types.ts';
import type { Sample, SloResult, VerdictReason, VerdictValue, Window } from '../../types-run.ts';
import { showMs, showPercent } from '../../units.ts';
import { type ItemDelays, slowCause } from './delays.ts';
import { causeOf, type FailureContext, failsBy, responseTimeMs } from './failure.ts';
import { wilsonInterval } from './interval.ts';
import { describePattern } from './pattern.ts';
import { minSamples, percentile, sortValues, supportedPercentile } from './percentile.ts';

/** What an SLO is judged from. */
export interface SloEvidence {
  /** Measured requests of the faulted phase. */
  readonly samples: readonly Sample[];
  /** Requests that the strategy had planned; more than were measured when the run did not finish. */
  readonly planned: number;
  readonly windows: readonly Window[];
  readonly context: FailureContext;
  readonly delays: ItemDelays;
  readonly judged: boolean;
  /** A success without its dependencies is no failure. */
  readonly degradable: boolean;
}

export interface JudgedSlo {
  readonly result: SloResult;
  /** `null`: it holds. */
  readonly reason: VerdictReason | null;
}

/** Judges one SLO on what was measured; too little never passes. */
export function judgeSlo(slo: Slo, evidence: SloEvidence): JudgedSlo {
  return slo.kind === 'latency' ? judgeLatency(slo, evidence) : judgeErrors(slo, evidence);
}

type LatencySlo = Extract<Slo, { kind: 'latency' }>;
type ErrorSlo = Extract<Slo, { kind: 'error' }>;

function judgeLatency(slo: LatencySlo, evidence: SloEvidence): JudgedSlo {
  const { objectivePercent: percent, thresholdMs } = slo;
  const name = `p${percent}`;
  const times = evidence.samples.map(responseTimeMs);
  const sorted = sortValues(times);
  const seen = supportedPercentile(sorted, percent);
  const answer = (verdict: VerdictValue, reason: VerdictReason | null): JudgedSlo => ({
    reason,
    result: {
      title: slo.title,
      objective: `${name} ≤ ${showMs(thresholdMs)}`,
      observed: showMs(seen),
      margin: seen === null ? '–' : showMargin(seen - thresholdMs, showMs),
      verdict,
      judged: evidence.judged,
      pattern:
        verdict === 'fail'
          ? describePattern('slow', (sample) => responseTimeMs(sample) > thresholdMs, evidence)
          : '',
    },
  });
  if (sorted.length === 0) return answer('inconclusive', nothingMeasured(name));
  const needed = Math.max(minSamples(percent), evidence.planned);
  const bound = boundPercentile(sorted, percent, needed - sorted.length);
  if (bound.best > thresholdMs) {
    const punctual = sortValues(
      evidence.samples.map((sample) => responseTimeMs(sample) - Math.max(0, sample.sentMs - sample.dueMs)),
    );
    if (boundPercentile(punctual, percent, needed - sorted.length).best <= thresholdMs)
      return answer('inconclusive', generatorLate(name));
    // What an unanswered request that was injected would have taken is not known.
    const known = evidence.samples.filter(
      (sample) => sample.outcome === 'answered' || causeOf(sample, evidence.context) === 'target',
    );
    const cause = slowCause(
      known,
      evidence.delays,
      (left) => percentile(sortValues(left), percent) > thresholdMs,
    );
    const figure = seen === null ? `more than ${showMs(thresholdMs)} whatever came later` : showMs(seen);
    return answer('fail', {
      message: `${name} was ${figure}, the limit is ${showMs(thresholdMs)}${unansweredPart(times)}`,
      cause,
      remedy: null,
    });
  }
  if (bound.worst > thresholdMs) return answer('inconclusive', tooFew(slo, evidence));
  return answer('pass', null);
}

function judgeErrors(slo: ErrorSlo, evidence: SloEvidence): JudgedSlo {
  const { errorStatuses } = slo;
  const isError = failsBy({ degradable: evidence.degradable, errorStatuses });
  const failures = evidence.samples.filter(isError);
  const count = evidence.samples.length;
  const limit = slo.thresholdPercent / 100;
  const share = count === 0 ? null : failures.length / count;
  const [low, high] = wilsonInterval(failures.length, count);
  const answer = (verdict: VerdictValue, reason: VerdictReason | null): JudgedSlo => ({
    reason,
    result: {
      title: slo.title,
      objective: `errors${errorStatuses === undefined ? '' : ` (${errorStatuses.join(', ')})`} < ${slo.thresholdPercent} %`,
      observed:
        share === null ? '–' : `${showPercent(share)} (95 %: ${showPercent(low)} to ${showPercent(high)})`,
      margin: share === null ? '–' : showMargin((share - limit) * 100, (points) => `${points.toFixed(1)} pp`),
      verdict,
      judged: evidence.judged,
      pattern: verdict === 'fail' ? describePattern('failed', isError, evidence) : '',
    },
  });
  if (share === null) return answer('inconclusive', nothingMeasured('the error rate'));
  const planned = Math.max(evidence.planned, count);
  if (failures.length / planned >= limit) {
    const causes = failures.map((sample) => causeOf(sample, evidence.context));
    const byTarget = causes.filter((cause) => cause === 'target').length;
    return answer('fail', {
      message: `${failures.length} of ${count} requests failed (${showPercent(share)}), the limit is below ${slo.thresholdPercent} %`,
      cause: byTarget / count >= limit && byTarget > 0 ? 'target' : 'injected',
      remedy: null,
    });
  }
  if ((failures.length + planned - count) / planned >= limit)
    return answer('inconclusive', unfinished(evidence));
  return answer('pass', null);
}

/** The percentile if all requests still missing were instant, and if none of them were answered. */
function boundPercentile(sorted: readonly number[], percent: number, missing: number) {
  const more = Math.max(0, missing);
  const fill = (value: number) => new Array<number>(more).fill(value);
  return {
    best: percentile([...fill(0), ...sorted], percent),
    worst: percentile([...sorted, ...fill(Number.POSITIVE_INFINITY)], percent),
  };
}

function tooFew(slo: LatencySlo, evidence: SloEvidence): VerdictReason {
  const needed = minSamples(slo.objectivePercent);
  const count = evidence.samples.length;
  if (count < evidence.planned && evidence.planned >= needed) return unfinished(evidence);
  return {
    message: `p${slo.objectivePercent} needs ${needed} samples, there were ${count}`,
    cause: null,
    remedy: 'Raise duration, clients or rps, or judge a lower percentile.',
  };
}

function unfinished({ samples, planned }: SloEvidence): VerdictReason {
  return {
    message: `only ${samples.length} of ${planned} requests were measured, and the rest could change the verdict`,
    cause: null,
    remedy: 'Run it to its end.',
  };
}

function nothingMeasured(what: string): VerdictReason {
  return { message: `nothing was measured, so ${what} is not known`, cause: null, remedy: 'Run it again.' };
}

function generatorLate(name: string): VerdictReason {
  return {
    message: `${name} holds or not depending on how late our own generator was`,
    cause: null,
    remedy: 'Lower clients or rps, or free the machine, and run it again.',
  };
}

function unansweredPart(times: readonly number[]): string {
  const unanswered = times.filter((time) => time === Number.POSITIVE_INFINITY).length;
  return unanswered === 0 ? '' : ` (${unanswered} of ${times.length} requests had no answer)`;
}

function showMargin(difference: number, show: (value: number) => string): string {
  return difference > 0 ? `+${show(difference)}` : `−${show(Math.abs(difference))}`;
}
