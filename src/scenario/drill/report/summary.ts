import type { DrillResult, DrillRun, PhaseFigures } from '../../../types-drill.ts';
import { showPercent } from '../../../units.ts';
import { alignedTable } from '../../report/table.ts';
import { failedShare } from '../judge/figures.ts';
import { judgeDrillRun } from '../judge/judge.ts';
import type { DrillJudgement, Issue, RunJudgement } from '../judge/judgement.ts';
import { showP95 } from '../judge/metrics.ts';
import { describeState, showRecovery, showRunTime } from './course.ts';
import { describeMissed, showScore } from './marks.ts';

/** About 1,900 tokens. */
const MAX_CHARS = 6_500;
const MAX_ISSUES = 8;
const MAX_LINE = 300;

/**
 * Sums drills up for a model, in at most 2,000 tokens: a line on the whole, a table of the drills, the worst issues,
 * missed objectives and what is inconclusive.
 */
export function renderDrillSummary(run: DrillRun): string {
  const judgement = judgeDrillRun(run);
  const parts = [
    describeWhole(run, judgement),
    describeState(run),
    renderTable(run, judgement.drills),
    renderIssues(judgement),
    renderMissed(judgement),
    renderDoubts(judgement.drills),
  ].filter((part) => part !== '');
  const text = parts.join('\n\n');
  return text.length <= MAX_CHARS ? `${text}\n` : `${text.slice(0, MAX_CHARS - 1)}…\n`;
}

function describeWhole(run: DrillRun, { drills, overall, recommendations }: RunJudgement): string {
  const count = (severity: string) => recommendations.filter((each) => each.severity === severity).length;
  const took = showRunTime(run);
  const issues = ['P0', 'P1', 'P2'].map((severity) => `${count(severity)} ${severity}`).join(', ');
  return `${run.id} ${run.state}: ${drills.length} ${drills.length === 1 ? 'drill' : 'drills'}, resilience score ${showScore(overall)}, things to mend: ${issues}. Seed ${run.seed}${took === null ? '' : `, ${took}`}.`;
}

function renderTable({ results }: DrillRun, drills: readonly DrillJudgement[]): string {
  const rows = drills.flatMap((drill) => {
    const result = results.find(({ plan }) => plan.id === drill.drillId);
    return result === undefined ? [] : [rowOf(drill, result)];
  });
  return rows.length === 0
    ? ''
    : alignedTable(
        ['Drill', 'Errors before / during / after', 'p95 before / during / after', 'Recovery', 'Score'],
        rows,
      );
}

function rowOf(drill: DrillJudgement, result: DrillResult): readonly string[] {
  const { baseline, failure, recovery } = result.phases;
  const three = (show: (phase: PhaseFigures) => string) =>
    [baseline, failure, recovery].map((phase) => (phase.requests === 0 ? '–' : show(phase))).join(' / ');
  return [
    drill.drillId,
    three((phase) => showPercent(failedShare(phase))),
    three(({ latency }) => showP95(latency)),
    showRecovery(result),
    drill.inconclusive === null ? showScore(drill.score?.total ?? null) : 'inconclusive',
  ];
}

function renderIssues({ drills }: RunJudgement): string {
  const issues = drills
    .flatMap((drill) => drill.issues)
    .toSorted((left, right) => left.severity.localeCompare(right.severity, 'en'));
  if (issues.length === 0)
    return drills.some(({ inconclusive }) => inconclusive === null) ? 'No issue was found.' : '';
  const left = issues.length - MAX_ISSUES;
  return [
    'Worst issues:',
    ...issues.slice(0, MAX_ISSUES).map(describeIssue),
    ...(left > 0 ? [`… and ${left} more in the report.`] : []),
  ].join('\n');
}

function describeIssue({ severity, id, drillId, seen, reviewRules }: Issue): string {
  const rules = reviewRules.length === 0 ? '' : ` Review rules: ${reviewRules.slice(0, 3).join(', ')}.`;
  return shorten(`- ${severity} ${id} (${drillId}): ${seen}`) + rules;
}

function renderMissed({ rto, rpo }: RunJudgement): string {
  return [...rto.map((row) => ({ row, name: 'RTO' })), ...rpo.map((row) => ({ row, name: 'RPO' }))]
    .filter(({ row }) => row.met === false)
    .map(({ row, name }) => describeMissed(name, row))
    .join('\n');
}

function renderDoubts(drills: readonly DrillJudgement[]): string {
  return drills
    .filter(({ inconclusive }) => inconclusive !== null)
    .map(({ drillId, inconclusive }) => shorten(`Inconclusive: ${drillId}, ${inconclusive}`))
    .join('\n');
}

function shorten(text: string): string {
  return text.length > MAX_LINE ? `${text.slice(0, MAX_LINE - 1)}…` : text;
}
