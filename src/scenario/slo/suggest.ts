import type { RunResult, Sample } from '../../types-run.ts';
import { showMs, showPercent } from '../../units.ts';
import { isFailed, isMeasured } from '../verdict/failure.ts';
import { percentile, sortValues } from '../verdict/percentile.ts';

/** An objective that a service could hold, from what it did without faults. */
export interface SuggestedSlo {
  readonly endpoint: string;
  readonly kind: 'latency' | 'availability';
  /** Share of the requests in percent; always below 100. */
  readonly objectivePercent: number;
  /** For latency: the longest time in ms that still counts as good; `null` for availability. */
  readonly thresholdMs: number | null;
  readonly reason: string;
}

export interface SloSuggestions {
  readonly slos: readonly SuggestedSlo[];
  /** Endpoints for which too little was measured, each with the reason. */
  readonly leftOut: readonly { readonly endpoint: string; readonly reason: string }[];
}

/** Fewest requests without faults from which anything is suggested: a 95th percentile needs as many. */
export const MIN_BASELINE = 20;
const HEADROOM = 1.5;
const LADDER = [90, 95, 99, 99.5, 99.9, 99.95] as const;

/**
 * Suggests objectives for each endpoint of a run from its requests without faults: a latency that they held with
 * half as much again to spare, and the highest availability that so many requests can support.
 */
export function suggestSlos(result: RunResult, samples: readonly Sample[]): SloSuggestions {
  const slos: SuggestedSlo[] = [];
  const leftOut: { endpoint: string; reason: string }[] = [];
  for (const [endpoint, quiet] of quietSamples(result, samples)) {
    if (quiet.length < MIN_BASELINE) {
      const reason = `${quiet.length} requests without faults; ${MIN_BASELINE} are the fewest that tell anything`;
      leftOut.push({ endpoint, reason });
      continue;
    }
    const failed = quiet.filter(isFailed).length;
    const latency = suggestLatency(endpoint, quiet);
    if (latency !== null) slos.push(latency);
    const availability = suggestAvailability(endpoint, quiet.length, failed);
    if (typeof availability === 'string') leftOut.push({ endpoint, reason: availability });
    else slos.push(availability);
  }
  return { slos, leftOut };
}

/** Requests of each endpoint that no fault could touch. */
function quietSamples(result: RunResult, samples: readonly Sample[]): Map<string, Sample[]> {
  const byItem = new Map(result.run.items.map((planned) => [planned.id, planned]));
  const byEndpoint = new Map<string, Sample[]>(result.run.items.map(({ endpoint }) => [endpoint, []]));
  for (const sample of samples.filter(isMeasured)) {
    const planned = byItem.get(sample.itemId);
    if (planned === undefined) continue;
    const withoutFaults = sample.phase === 'faulted' && planned.item.context.faults.length === 0;
    if (sample.phase === 'baseline' || withoutFaults) byEndpoint.get(planned.endpoint)?.push(sample);
  }
  return byEndpoint;
}

function suggestLatency(endpoint: string, quiet: readonly Sample[]): SuggestedSlo | null {
  const times = sortValues(quiet.filter((sample) => !isFailed(sample)).map(({ latencyMs }) => latencyMs));
  if (times.length < MIN_BASELINE) return null;
  const objectivePercent = times.length >= 100 ? 99 : 95;
  const measuredMs = percentile(times, objectivePercent);
  const thresholdMs = roundUp(measuredMs * HEADROOM);
  return {
    endpoint,
    kind: 'latency',
    objectivePercent,
    thresholdMs,
    reason: `p${objectivePercent} of ${times.length} requests without faults was ${showMs(measuredMs)}; ${showMs(thresholdMs)} leaves half as much again`,
  };
}

/**
 * The highest rung that the true share of good requests reaches with 95 % confidence: without failures among n
 * requests the share of failures is below 3/n (the rule of three; Hanley and Lippman-Hand, JAMA 1983), with some
 * failures below the upper Wilson limit.
 */
function suggestAvailability(endpoint: string, requests: number, failed: number): SuggestedSlo | string {
  const worst = failed === 0 ? 3 / requests : wilsonUpper(failed, requests);
  const objectivePercent = LADDER.findLast((rung) => rung <= 100 * (1 - worst));
  const seen = `${failed} of ${requests} requests without faults failed`;
  if (objectivePercent === undefined) {
    const remedy = failed === 0 ? 'measure at least 30' : 'mend that before promising anything';
    return `${seen}, which does not support an availability of ${LADDER[0]} %: ${remedy}`;
  }
  const reason = `${seen}: with 95 % confidence at least ${showPercent(1 - worst)} succeed`;
  return { endpoint, kind: 'availability', objectivePercent, thresholdMs: null, reason };
}

/** Upper limit of the 95 % Wilson score interval of a share (one-sided, z = 1.645). */
function wilsonUpper(count: number, total: number): number {
  const z = 1.645;
  const share = count / total;
  const centre = share + (z * z) / (2 * total);
  const spread = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  return (centre + spread) / (1 + (z * z) / total);
}

/** Up to two significant digits, whole milliseconds at least. */
function roundUp(ms: number): number {
  const step = Math.max(1, 10 ** (Math.floor(Math.log10(Math.max(ms, 1))) - 1));
  return Math.ceil(ms / step - 1e-9) * step;
}
