import type { DrillConfig, DrillResult } from '../../../types-drill.ts';
import { formatDuration } from '../../../units.ts';
import { alignedTable } from '../../report/table.ts';
import { showSeconds } from '../judge/figures.ts';
import type { DrillJudgement } from '../judge/judgement.ts';
import { sectionOf } from '../judge/sections.ts';
import { showRecovery } from './course.ts';
import { SIGNS } from './marks.ts';
import { commentLine, listCalls, listRules, plain } from './text.ts';

/** Renders one drill as a scenario of the reference: set-up, execution, results, behaviour, issues, recommendations. */
export function renderScenario(
  judgement: DrillJudgement,
  result: DrillResult,
  config: DrillConfig,
  place: number,
  seed: number,
): string {
  const { inconclusive } = judgement;
  return [
    `## Scenario ${place}: ${judgement.title}`,
    ...(inconclusive === null
      ? []
      : [`> **Inconclusive:** ${plain(inconclusive)}. Nothing follows from its figures.`]),
    `### Test Setup\n\n${renderSetup(judgement, result, config)}`,
    `### Execution\n\n${renderExecution(judgement, result, config, seed)}`,
    `### Results\n\n${renderResults(judgement)}`,
    `### System Behavior\n\n${renderBehaviour(judgement)}`,
    `### Issues Identified\n\n${renderIssues(judgement)}`,
    `### Recommendations\n\n${renderRecommendations(judgement)}`,
  ].join('\n\n');
}

/** `20 concurrent users, 1 request/s each, by turns: GET /stories`. */
export function describeLoad({ plan }: DrillResult, { load }: DrillConfig): string {
  const turns = load.length > 1 ? ', by turns' : '';
  return `${plan.users} concurrent users, ${plan.ratePerUser} request${plan.ratePerUser === 1 ? '' : 's'}/s each${turns}: ${plain(listCalls(load))}`;
}

/** The command that runs the drill again. */
export function repeatCommand({ plan }: DrillResult, seed: number): string {
  const { baselineMs, failureMs, recoveryLimitMs } = plan;
  const byPhase = baselineMs === failureMs && recoveryLimitMs === 4 * baselineMs;
  return [
    `breakwater drill ${plan.id.includes('#') ? `'${plan.id}'` : plan.id}`,
    ...(byPhase ? [`--phase-seconds ${baselineMs / 1_000}`] : []),
    `--users ${plan.users} --seed ${seed}`,
  ].join(' ');
}

function renderSetup(judgement: DrillJudgement, result: DrillResult, config: DrillConfig): string {
  const { plan, broke, failureAtMs, failureEndMs } = result;
  const isMomentary = failureAtMs !== null && failureAtMs === failureEndMs;
  const lasted =
    failureAtMs === null || failureEndMs === null
      ? `${formatDuration(plan.failureMs)} planned, not reached`
      : isMomentary
        ? 'momentary'
        : showSeconds(failureEndMs - failureAtMs);
  return [
    `- **Baseline Load**: ${describeLoad(result, config)}`,
    `- **Failure Trigger**: ${plain(broke) || 'never begun'} (${plain(result.acted.evidence)})`,
    `- **Duration**: ${lasted}, after a baseline of ${showSeconds(plan.baselineMs)}`,
    `- **Recovery**: ${plain(recoveredBy(judgement, result))}${describeReturn(result)}`,
  ].join('\n');
}

function describeReturn(result: DrillResult): string {
  return result.recovery === null ? '' : `; recovery: ${showRecovery(result)}`;
}

/** What ended the failure: the user's own command where one is configured. */
export function recoveredBy({ failureType, title }: DrillJudgement, { plan }: DrillResult): string {
  const { start } = plan.params;
  if (typeof start === 'string') return start;
  return Array.isArray(start) ? start.join(' ') : sectionOf(failureType, title).recoveredBy;
}

function renderExecution(
  judgement: DrillJudgement,
  result: DrillResult,
  config: DrillConfig,
  seed: number,
): string {
  const { failureAtMs, failureEndMs, endMs, recovery } = result;
  const steps = [
    `0.00 s: steady load began, ${describeLoad(result, config)}`,
    ...(failureAtMs === null ? [] : [`${showSeconds(failureAtMs)}: ${result.broke}`]),
    ...(failureEndMs === null ? [] : [`${showSeconds(failureEndMs)}: ${recoveredBy(judgement, result)}`]),
    ...(recovery === null || recovery.recoveredAfterMs === null
      ? []
      : [
          `${showSeconds(recovery.fromMs + recovery.recoveredAfterMs)}: recovered, ${showRecovery(result)} later`,
        ]),
    `${showSeconds(endMs)}: the drill ended${recovery?.recoveredAfterMs === null ? ', without recovery' : ''}`,
  ];
  return [
    '```bash',
    ...steps.map((step, index) => commentLine(`${index + 1}. ${step}`)),
    '',
    '# To do it again, with the app, dependencies and drills of the same breakwater.yaml:',
    repeatCommand(result, seed),
    '```',
  ].join('\n');
}

function renderResults({ columns, metrics }: DrillJudgement): string {
  return alignedTable(
    ['Metric', ...columns, 'Status'],
    metrics.map(({ metric, before, during, after, mark }) => [
      metric,
      plain(before),
      plain(during),
      plain(after),
      SIGNS[mark],
    ]),
  );
}

function renderBehaviour({ behaviour }: DrillJudgement): string {
  return behaviour
    .map(
      ({ aspect, mark, text }) =>
        `- **${aspect}**: ${mark === 'none' ? '' : `${SIGNS[mark]} `}${plain(text)}`,
    )
    .join('\n');
}

function renderIssues({ issues, inconclusive }: DrillJudgement): string {
  if (inconclusive !== null) return '- None can be told from an inconclusive drill.';
  if (issues.length === 0) return '- None: no rule of docs/drills.md found one.';
  return issues.map(({ severity, id, seen }) => `- **${severity}** \`${id}\`: ${plain(seen)}`).join('\n');
}

function renderRecommendations({ issues, inconclusive, drillId }: DrillJudgement): string {
  if (inconclusive !== null) return `- None until it is conclusive: ${plain(inconclusive)}.`;
  if (issues.length === 0) return `- Keep it so: run \`breakwater drill ${drillId}\` after changes.`;
  return issues
    .map(({ severity, recommendation, reviewRules }) => {
      const rules = reviewRules.length === 0 ? '' : ` Found in code by ${listRules(reviewRules)}.`;
      return `- **${severity}**: ${recommendation}${rules}`;
    })
    .join('\n');
}
