import type { DrillRun } from '../../../types-drill.ts';
import { toFacts } from '../../report/facts.ts';
import { judgeDrillRun } from '../judge/judge.ts';

/** The drills and what is said about them as plain facts with snake_case keys, as docs/drill.schema.json describes. */
export function toDrillFacts(run: DrillRun): unknown {
  return toFacts({ ...run, judgement: judgeDrillRun(run) });
}

/** The same facts as text. */
export function renderDrillJson(run: DrillRun): string {
  return `${JSON.stringify(toDrillFacts(run), null, 2)}\n`;
}
