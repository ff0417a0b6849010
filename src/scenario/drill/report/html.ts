import type { DrillResult, DrillRun, PhaseFigures } from '../../../types-drill.ts';
import { showPercent } from '../../../units.ts';
import { REPORT_CSS } from '../../report/style.ts';
import { escapeXml } from '../../report/xml.ts';
import { failedShare } from '../judge/figures.ts';
import { judgeDrillRun } from '../judge/judge.ts';
import type { DrillJudgement, ObjectiveRow, RunJudgement } from '../judge/judgement.ts';
import { showP95 } from '../judge/metrics.ts';
import { describeState, showRecovery, showRunTime } from './course.ts';
import { renderDrillSection } from './html-drill.ts';
import { badge, list, rich, table } from './html-parts.ts';
import { showScore } from './marks.ts';
import { DRILL_CSS } from './style.ts';
import { listRules } from './text.ts';

/** The drills as one HTML file that loads nothing: what follows from all of them, and each with charts over time. */
export function renderDrillHtml(run: DrillRun): string {
  const judgement = judgeDrillRun(run);
  const took = showRunTime(run);
  const facts = [run.id, `seed ${run.seed}`, run.startedAt, ...(took === null ? [] : [`took ${took}`])];
  const state = describeState(run);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Failure drills ${escapeXml(run.id)}</title><style>${REPORT_CSS}${DRILL_CSS}</style></head><body><main>
<h1>Failure drills</h1>
<p class="lead">Resilience score ${badge(judgement.overall, showScore(judgement.overall))} ${escapeXml(describeWhole(judgement))}</p>
<p class="facts">${facts.map(escapeXml).join(' · ')}</p>
${state === '' ? '' : `<p class="lead">${escapeXml(state)}</p>`}
<h2>Drills</h2>
${renderDrills(run, judgement.drills)}
<h2>Findings</h2>
<h3>Weaknesses</h3><div class="columns">${list(judgement.weaknesses.map(rich), 'None of P0 or P1 was seen.')}</div>
<div class="findings"><div><h3>Strengths</h3>${list(judgement.strengths.map(rich), 'None was seen.')}</div><div><h3>Risks</h3>${list(judgement.risks.map(rich), 'None was seen beyond the weaknesses.')}</div></div>
<h2>Recommendations</h2>
${renderRecommendations(judgement)}
<h2>Disaster recovery</h2>
${renderObjectives('Failure type', 'RTO', judgement.rto)}
${renderObjectives('Data type', 'RPO', judgement.rpo)}
<h2>What happened</h2>
${judgement.drills.map((drill) => withResult(run, drill, (result) => renderDrillSection(drill, result, run))).join('\n')}
</main></body></html>
`;
}

function describeWhole({ drills, recommendations }: RunJudgement): string {
  const count = (severity: string) => recommendations.filter((each) => each.severity === severity).length;
  const open = drills.filter(({ inconclusive }) => inconclusive !== null).length;
  const what = `${drills.length} ${drills.length === 1 ? 'drill' : 'drills'}${open > 0 ? `, ${open} of them inconclusive` : ''}`;
  return `${what}. To mend: ${['P0', 'P1', 'P2'].map((severity) => `${count(severity)} ${severity}`).join(', ')}.`;
}

function renderDrills(run: DrillRun, drills: readonly DrillJudgement[]): string {
  const rows = drills.map((drill) => withResult(run, drill, (result) => rowOf(drill, result)));
  return table(
    [
      'Drill',
      'Errors: before',
      'during',
      'after',
      'p95: before',
      'during',
      'after',
      'Recovery',
      'Degradation',
      'Recovery',
      'Errors',
      'Score',
    ],
    rows.filter((row) => row !== ''),
  );
}

function rowOf(drill: DrillJudgement, result: DrillResult): readonly string[] {
  const { baseline, failure, recovery } = result.phases;
  const three = (show: (phase: PhaseFigures) => string) =>
    [baseline, failure, recovery].map((phase) => figure(phase.requests === 0 ? '–' : show(phase)));
  const { score } = drill;
  const points =
    score === null
      ? ['–', '–', '–']
      : [score.gracefulDegradation, score.recoveryTime, score.errorHandling].map(({ points: each }) =>
          each.toFixed(1),
        );
  return [
    `<a class="name" href="#${escapeXml(drill.drillId)}">${escapeXml(drill.shortTitle)}</a>`,
    ...three((phase) => showPercent(failedShare(phase))),
    ...three(({ latency }) => showP95(latency)),
    figure(showRecovery(result)),
    ...points.map(figure),
    drill.inconclusive === null
      ? badge(score?.total ?? null, showScore(score?.total ?? null))
      : badge(null, 'inconclusive'),
  ];
}

function renderRecommendations({ recommendations }: RunJudgement): string {
  const items = recommendations.map(({ severity, text, drillIds, reviewRules }) => {
    const rules =
      reviewRules.length === 0
        ? ''
        : ` <span class="none">Found in code by ${rich(listRules(reviewRules))}.</span>`;
    const links = drillIds.map((id) => `<a href="#${escapeXml(id)}">${escapeXml(id)}</a>`).join(', ');
    return `<b class="${severity === 'P0' ? 'bad' : severity === 'P1' ? 'warning' : 'none'}">${severity}</b> ${rich(text)} Shown by ${links}.${rules}`;
  });
  return list(items, 'None: no rule found an issue.', 'ol');
}

function renderObjectives(first: string, name: string, rows: readonly ObjectiveRow[]): string {
  return table(
    [first, `Target ${name}`, `Actual ${name}`, 'Met?'],
    rows.map(({ label, target, actual, met }) => [
      escapeXml(label),
      rich(target),
      rich(actual),
      met === null ? '–' : `<span class="${met ? 'good' : 'bad'}">${met ? 'yes' : 'no'}</span>`,
    ]),
  );
}

function figure(text: string): string {
  return `<span class="name">${escapeXml(text)}</span>`;
}

function withResult<Shown>(
  run: DrillRun,
  { drillId }: DrillJudgement,
  show: (result: DrillResult) => Shown,
): Shown | '' {
  const result = run.results.find(({ plan }) => plan.id === drillId);
  return result === undefined ? '' : show(result);
}
