import type { RunResult } from '../../types-run.ts';
import type { Review, Suggestion } from '../review-nouns.ts';
import { countSeverities, plural, showItem, showPlace, showPriority, showText } from './words.ts';

const MAX_LISTED = 5;

/** Says in half a page what was found, what to do, what it may cost, and what comes next. */
export function renderExecutiveSummary(review: Review, run: RunResult | null): string {
  const top = review.suggestions.slice(0, MAX_LISTED);
  return [
    '## Executive Summary',
    '',
    '**Findings**',
    '',
    ...listFindings(review, run).map((line) => `* ${line}`),
    '',
    '**Recommendations**',
    '',
    ...(top.length === 0
      ? ['Nothing to recommend from what was read and measured.']
      : top.map(
          (one, index) =>
            `${index + 1}. ${one.title} (${showPriority(one.priority)})\\\n   ${whatToDo(one, review)}${one.advice.benefit}`,
        )),
    '',
    '**Key Trade-offs & Threats**',
    '',
    ...(top.length === 0 ? ['None.'] : top.map((one) => `* **${one.title}**: ${one.advice.risks}`)),
    '',
    '**Next Steps & Validation**',
    '',
    ...nextSteps(review, top).map((line) => `* ${line}`),
  ].join('\n');
}

function listFindings(review: Review, run: RunResult | null): string[] {
  const lines: string[] = [];
  if (review.scope.root !== null) {
    const proven = review.findings.filter((finding) => finding.evidence.length > 0).length;
    const reached = review.findings.filter((finding) => finding.reachedFrom.length > 0).length;
    lines.push(
      review.findings.length === 0
        ? `No rule found anything in ${plural(review.scope.filesReviewed, 'file')}.`
        : `${plural(review.findings.length, 'finding')} in ${plural(review.scope.filesReviewed, 'file')} (${countSeverities(review.findings)}); ${reached} reached from an operation, ${proven} with a measurement that speaks for it.`,
    );
  }
  if (run !== null) lines.push(describeRun(run));
  for (const one of review.suggestions.slice(0, MAX_LISTED))
    lines.push(`${showSummary(one)}${cite(one, review)}`);
  const cleared = review.symptoms.filter((symptom) => symptom.kind === 'edge_only').length;
  if (cleared > 0) {
    lines.push(
      `${plural(cleared, 'item')} slow at the edge only: what was injected explains it, and nothing in the service is accused.`,
    );
  }
  return lines;
}

function describeRun(run: RunResult): string {
  const count = (value: string) => run.results.filter((result) => result.verdict.value === value).length;
  const state = run.run.state === 'finished' ? '' : ` (the run was ${run.run.state})`;
  return `Run \`${run.run.id}\`${state}: of ${plural(run.results.length, 'item')}, ${count('pass')} passed, ${count('fail')} failed and ${count('inconclusive')} could not be judged.`;
}

function showSummary(one: Suggestion): string {
  return one.ruleId === null ? `${one.title}. Suspected: ${showText(one.summary, 400)}` : one.summary;
}

/** The change in a sentence: for an SRE what can be done around the code, else the pattern or the safe fix. */
function whatToDo(one: Suggestion, review: Review): string {
  if (review.role === 'sre') return `Around the code: ${one.advice.infrastructurePattern} `;
  const fixed = review.findings.find(({ id, fix }) => fix !== null && one.findingIds.includes(id));
  const text = one.pattern?.text ?? fixed?.fix?.summary ?? '';
  return text === '' ? '' : `${text} `;
}

/** What a line rests on: the first place in the code, else the first item of the run. */
function cite(one: Suggestion, review: Review): string {
  const places = review.findings.filter(({ id }) => one.findingIds.includes(id));
  const more = (total: number) => (total > 1 ? ` and ${total - 1} more` : '');
  if (places[0] !== undefined) return ` (${showPlace(places[0].place)}${more(places.length)})`;
  const [symptom] = one.symptoms;
  return symptom === undefined ? '' : ` (${showItem(symptom)}${more(one.symptoms.length)})`;
}

function nextSteps(review: Review, top: readonly Suggestion[]): string[] {
  const steps: string[] = [];
  if (top.some((one) => one.diffs.length > 0)) {
    steps.push(
      '**Patch and verify**: `patch_propose` with the ids of the findings, then `patch_verify` re-runs the scenarios with the same seed against a patched copy.',
    );
  }
  if (review.runId === null) {
    steps.push(
      '**Measure**: nothing here was measured yet. Generate scenarios, run them with faults on the dependencies, and review again with the run.',
    );
  }
  if (review.scope.root === null) {
    steps.push(
      '**Look at the code**: this review had measurements only. Index the code and review again to get files, lines and diffs.',
    );
  }
  // What to watch is told with each recommendation; an SRE needs it first.
  const watched = review.role === 'sre' ? top : top.slice(0, 2);
  for (const one of watched) steps.push(`**Monitor**: ${one.advice.monitoring}`);
  return steps;
}
