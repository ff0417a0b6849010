import type { ItemResult, PlannedItem } from '../../types-run.ts';

/** Tells a target that has ended during a run from one that was never there. */
export interface TargetMemory {
  /** Gives the result, with another remedy where its target answered an earlier item and refuses now. */
  remember(result: ItemResult, planned: PlannedItem): ItemResult;
}

const REFUSED = /^gives connection refused\b/;

/** Remembers nothing yet. */
export function openTargetMemory(): TargetMemory {
  const lastAnswered = new Map<string, string>();
  return {
    remember(result, { item, endpoint, scenarioTitle }) {
      const { origin } = new URL(item.call.url);
      const last = lastAnswered.get(origin);
      if (answered(result)) lastAnswered.set(origin, `${endpoint} (${scenarioTitle})`);
      if (last === undefined || result.requests > 0) return result;
      const remedy = `It answered until ${last}, and has ended since: see its log, and start it again.`;
      const reasons = result.verdict.reasons.map((reason) =>
        REFUSED.test(reason.message) ? { ...reason, remedy } : reason,
      );
      return { ...result, verdict: { ...result.verdict, reasons } };
    },
  };
}

function answered({ requests, baseline, outcomes }: ItemResult): boolean {
  return requests > 0 && (baseline.count > 0 || Object.keys(outcomes).some((outcome) => /^\d/.test(outcome)));
}
