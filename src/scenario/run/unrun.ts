import type { Slo } from '../../types.ts';
import type { ItemResult, PlannedItem, Sample, VerdictReason } from '../../types-run.ts';
import { countRequests } from '../strategies/index.ts';
import { judgeItem } from '../verdict/judge.ts';
import { planFaults } from './program.ts';
import { pickSlos } from './slos.ts';

/** Judges an item that was not run, or not to its end, from the samples that there are. */
export function judgeUnrun(
  planned: PlannedItem,
  samples: readonly Sample[],
  obstacle: VerdictReason,
  defaultSlos: readonly Slo[] = [],
): ItemResult {
  const where = `${planned.scenarioTitle}, ${planned.endpoint}`;
  const { requested, windows, notices } = planFaults(planned.item, where);
  const faulted = samples.filter(({ phase }) => phase === 'faulted');
  return judgeItem({
    planned,
    samples,
    plannedRequests: countRequests(planned.item.context.strategy),
    slos: pickSlos(planned.item, defaultSlos, where).slos,
    faults: requested,
    windows,
    actedExchanges: faulted.flatMap(({ exchange, dependencyExchanges }) =>
      [exchange ?? [], dependencyExchanges].flat(),
    ),
    unjoined: [],
    dependencies: [],
    notices,
    obstacle,
    idleRemedy: null,
    durationMs: null,
  });
}
