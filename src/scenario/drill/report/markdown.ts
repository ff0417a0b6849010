import type { DrillRun } from '../../../types-drill.ts';
import { judgeDrillRun } from '../judge/judge.ts';
import type { DrillJudgement } from '../judge/judgement.ts';
import { describeState, showRecovery, showRunTime } from './course.ts';
import { renderAppendix, renderSteps } from './markdown-closing.ts';
import { renderScenario } from './markdown-drill.ts';
import { renderObjectives, renderOverall, renderPriorities } from './markdown-overall.ts';
import { showScore } from './marks.ts';
import { plain } from './text.ts';

/** Renders the report of failure drills: a scenario for each, what follows from all of them, and how it was done. */
export function renderDrillMarkdown(run: DrillRun): string {
  const judgement = judgeDrillRun(run);
  const scenarios = judgement.drills.flatMap((drill, index) => {
    const result = resultOf(run, drill);
    return result === undefined ? [] : [renderScenario(drill, result, run.config, index + 1, run.seed)];
  });
  const state = describeState(run);
  return `${[
    '# Failure Scenarios Test Results',
    '## Test Configuration',
    renderConfiguration(run),
    ...(state === '' ? [] : [`> ${state}`]),
    '## Test Scenarios',
    ...judgement.drills.map((drill, index) => renderEntry(run, drill, index + 1)),
    ...scenarios.flatMap((scenario) => ['---', scenario]),
    '---',
    renderOverall(judgement),
    renderPriorities(judgement),
    renderObjectives(judgement),
    renderSteps(run, judgement),
    renderAppendix(run, judgement),
  ].join('\n\n')}\n`;
}

function renderConfiguration(run: DrillRun): string {
  const took = showRunTime(run);
  // Two blanks at its end keep a line by itself.
  return [
    `**Date**: ${run.startedAt.slice(0, 10)}`,
    '**Objective**: Test system resilience under various failure conditions',
    `**Duration**: ${took === null ? 'not ended' : `${took} in all`}; that of each scenario stands below`,
    `**Run**: \`${run.id}\`, seed ${run.seed}`,
  ].join('  \n');
}

function renderEntry(run: DrillRun, drill: DrillJudgement, place: number): string {
  const result = resultOf(run, drill);
  const outcome =
    drill.inconclusive === null
      ? `Score ${showScore(drill.score?.total ?? null)}, recovery ${result === undefined ? '–' : showRecovery(result)}, ${drill.issues.length === 0 ? 'no issue' : `issues: ${countSeverities(drill)}`}.`
      : `Inconclusive: ${plain(drill.inconclusive)}.`;
  return `### ${place}. ${drill.title}\n\n${outcome}`;
}

function countSeverities({ issues }: DrillJudgement): string {
  const severities = [...new Set(issues.map(({ severity }) => severity))];
  return severities
    .map((severity) => `${issues.filter((issue) => issue.severity === severity).length} ${severity}`)
    .join(', ');
}

function resultOf(
  { results }: DrillRun,
  { drillId }: DrillJudgement,
): DrillRun['results'][number] | undefined {
  return results.find(({ plan }) => plan.id === drillId);
}
