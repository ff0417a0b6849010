import { alignedTable } from '../../report/table.ts';
import { kindOf } from '../judge/failure-type.ts';
import type { DrillJudgement, IssueSeverity, ObjectiveRow, RunJudgement } from '../judge/judgement.ts';
import { SECTIONS } from '../judge/sections.ts';
import { showMet } from './marks.ts';
import { listCodes, listRules, plain } from './text.ts';

const PRIORITIES: readonly (readonly [IssueSeverity, string])[] = [
  ['P0', 'Critical (Must Fix Before Production)'],
  ['P1', 'High (Should Fix Before Production)'],
  ['P2', 'Medium (Fix Soon After Launch)'],
];

/** Scores, strengths, weaknesses and risks over all drills. */
export function renderOverall(judgement: RunJudgement): string {
  return [
    '## Summary of All Scenarios',
    `### Resilience Score\n\n${renderScores(judgement)}`,
    'The points come from measurements, by the rubric of docs/drills.md:',
    renderReasons(judgement.drills),
    '### Critical Findings',
    `#### Strengths\n\n${listOr(judgement.strengths, 'None was seen.')}`,
    `#### Weaknesses\n\n${listOr(judgement.weaknesses, 'None of P0 or P1 was seen.')}`,
    `#### Risks\n\n${listOr(judgement.risks, 'None was seen beyond the weaknesses.')}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** What to do, by priority. */
export function renderPriorities({ recommendations }: RunJudgement): string {
  const parts = PRIORITIES.map(([severity, title]) => {
    const own = recommendations.filter((each) => each.severity === severity);
    const lines = own.map(({ text, drillIds, reviewRules }, index) => {
      const rules = reviewRules.length === 0 ? '' : ` Found in code by ${listRules(reviewRules)}.`;
      return `${index + 1}. ${text} Shown by ${listCodes(drillIds)}.${rules}`;
    });
    return `### ${severity} - ${title}\n\n${lines.length === 0 ? '1. None was found.' : lines.join('\n')}`;
  });
  return ['## Recommendations by Priority', ...parts].join('\n\n');
}

/** Recovery times and points against their targets. */
export function renderObjectives({ rto, rpo }: RunJudgement): string {
  const table = (first: string, name: string, rows: readonly ObjectiveRow[]) =>
    alignedTable(
      [first, `Target ${name}`, `Actual ${name}`, 'Met?'],
      rows.map(({ label, target, actual, met }) => [label, target, plain(actual), showMet(met)]),
    );
  return [
    '## Disaster Recovery Validation',
    `### Recovery Time Objectives (RTO)\n\n${table('Failure Type', 'RTO', rto)}`,
    `### Recovery Point Objectives (RPO)\n\n${table('Data Type', 'RPO', rpo)}`,
  ].join('\n\n');
}

function renderScores({ drills, overall }: RunJudgement): string {
  const missing = SECTIONS.filter(
    ({ failureType }) => !drills.some((drill) => drill.failureType === failureType),
  );
  return alignedTable(
    ['Scenario', 'Graceful Degradation', 'Recovery Time', 'Error Handling', 'Score'],
    [
      ...drills.map(scoreRow),
      ...missing.map(({ shortTitle, failureType }) => [
        shortTitle,
        '–',
        '–',
        '–',
        `not run (\`breakwater drill ${kindOf(failureType)}\`)`,
      ]),
      ['**Overall**', '', '', '', overall === null ? '–' : `**${overall.toFixed(1)} /10**`],
    ],
  );
}

function scoreRow({ shortTitle, score }: DrillJudgement): readonly string[] {
  if (score === null) return [shortTitle, '–', '–', '–', 'inconclusive'];
  const columns = [score.gracefulDegradation, score.recoveryTime, score.errorHandling];
  return [shortTitle, ...columns.map(({ points }) => points.toFixed(1)), `${score.total.toFixed(1)} /10`];
}

function renderReasons(drills: readonly DrillJudgement[]): string {
  return drills
    .flatMap(({ shortTitle, score }) => {
      if (score === null) return [];
      const { gracefulDegradation: left, recoveryTime: time, errorHandling: errors } = score;
      return [
        `- **${shortTitle}**: degradation ${left.points.toFixed(1)}, ${left.because}; recovery ${time.points.toFixed(1)}, ${time.because}; errors ${errors.points.toFixed(1)}, ${errors.because}.`,
      ];
    })
    .join('\n');
}

function listOr(lines: readonly string[], none: string): string {
  return (lines.length === 0 ? [none] : lines).map((line) => `- ${plain(line)}`).join('\n');
}
