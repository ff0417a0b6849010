import { basename } from 'node:path';
import { markdownTable } from '../../markdown.ts';
import type { Store } from '../../store.ts';
import type { RunResult } from '../../types-run.ts';
import { writeTextInside } from '../../workspace-files.ts';
import type { Answer } from './answer.ts';
import { overallVerdict } from './run-answer.ts';
import { toFacts } from './to-facts.ts';

/** Answers with objectives that a run's requests without faults support; their texts for other tools go to a file. */
export async function answerWithSlos(
  result: RunResult,
  to: {
    readonly store: Store;
    readonly workspace: string;
    readonly output: string | undefined;
    readonly asJson: boolean;
  },
): Promise<Answer> {
  const [{ suggestSlos }, { titleOf }, { renderSuggestedSlos }, { loadSamples }] = await Promise.all([
    import('../../scenario/slo/suggest.ts'),
    import('../../scenario/slo/formats.ts'),
    import('../../scenario/slo/render.ts'),
    import('../../scenario/run-folder.ts'),
  ]);
  const suggestions = suggestSlos(result, await loadSamples(to.store, result.run.id));
  const text = `${renderSuggestedSlos(suggestions, serviceOf(to.workspace))}\n`;
  const kept = `runs/${result.run.id}/suggested-slos.md`;
  if (to.output === undefined) await to.store.writeText(kept, text);
  else await writeTextInside(to.workspace, to.output, text);
  const file = to.output ?? `.breakwater/${kept}`;
  const rows = suggestions.slos.map((slo) => [titleOf(slo), slo.reason]);
  const left = suggestions.leftOut.map(({ endpoint, reason }) => `- ${endpoint}: ${reason}`);
  const parts = [
    `${rows.length} objective(s) suggested by what ${result.run.id} measured without faults.`,
    rows.length === 0 ? '' : markdownTable(['objective', 'why'], rows),
    left.length === 0 ? '' : `Left out:\n\n${left.join('\n')}`,
    `As OpenSLO, PromQL and for Google Cloud Monitoring: ${file}`,
  ];
  const facts = toFacts({
    run_id: result.run.id,
    file,
    slos: suggestions.slos.map((slo) => ({
      endpoint: slo.endpoint,
      kind: slo.kind,
      objective_percent: slo.objectivePercent,
      threshold_ms: slo.thresholdMs,
      reason: slo.reason,
    })),
    left_out: suggestions.leftOut,
  });
  return {
    text: to.asJson ? JSON.stringify(facts) : parts.filter((part) => part !== '').join('\n\n'),
    facts,
    next: [],
    verdict: overallVerdict(result),
  };
}

/** A name for the service: OpenSLO wants an RFC 1123 label. */
function serviceOf(workspace: string): string {
  const label = basename(workspace)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return label.replace(/^-+|-+$/g, '').slice(0, 63) || 'service';
}
