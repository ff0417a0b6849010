import type { RunResult } from '../../types-run.ts';
import { toFacts } from './facts.ts';
import { headline } from './headline.ts';
import { countVerdicts } from './overview.ts';

/** The run as plain facts with snake_case keys: what was run, each item's result, and the counts. */
export function toRunFacts(result: RunResult): unknown {
  const { run, results } = result;
  const { scenarios: _scenarios, items, ...head } = run;
  return toFacts({
    ...head,
    counts: countVerdicts(results),
    plannedItems: items.length,
    results: results.map((each) => ({ ...each, headline: headline(each) })),
  });
}

/** The same facts as text. */
export function renderRunJson(result: RunResult): string {
  return `${JSON.stringify(toRunFacts(result), null, 2)}\n`;
}
