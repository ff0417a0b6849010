import type { DrillResult, DrillRun } from '../../../types-drill.ts';
import { escapeXml } from '../../report/xml.ts';
import type { DrillJudgement } from '../judge/judgement.ts';
import { drawConnections, drawFailures, drawLatency, LINES } from './drill-chart.ts';
import { badge, list, markWord, rich, table } from './html-parts.ts';
import { describeLoad, repeatCommand } from './markdown-drill.ts';
import { showScore } from './marks.ts';

/** One drill: what was done, charts over time, the table, behaviour and issues. */
export function renderDrillSection(drill: DrillJudgement, result: DrillResult, run: DrillRun): string {
  const { inconclusive, score } = drill;
  const total = score?.total ?? null;
  const what = [
    `Broken: ${result.broke === '' ? 'nothing, the failure was never begun' : result.broke}.`,
    `Evidence: ${result.acted.evidence}.`,
    result.recovery?.reason ?? 'Recovery was not looked for.',
  ];
  return `<section id="${escapeXml(drill.drillId)}"><h3>${badge(total, inconclusive === null ? showScore(total) : 'inconclusive')} ${escapeXml(drill.title)}</h3>
${inconclusive === null ? '' : `<p>Inconclusive: ${rich(inconclusive)}. Nothing follows from its figures.</p>`}
<p>${what.map(rich).join(' ')}</p>
<p class="facts">${escapeXml(describeLoad(result, run.config))}</p>
${result.endMs > 0 && result.timeline.length > 0 ? drawCharts(result) : ''}
${table(
  ['Metric', ...drill.columns, 'Status'],
  drill.metrics.map(({ metric, before, during, after, mark }) => [
    ...[metric, before, during, after].map(rich),
    markWord(mark),
  ]),
)}
<h4>System behaviour</h4>
<dl>${drill.behaviour.map(({ aspect, mark, text }) => `<dt>${escapeXml(aspect)} ${mark === 'none' ? '' : markWord(mark)}</dt><dd>${rich(text)}</dd>`).join('')}</dl>
<h4>Issues</h4>
${list(
  drill.issues.map(({ severity, id, seen }) => `<b>${severity}</b> <code>${id}</code> ${rich(seen)}`),
  inconclusive === null ? 'None: no rule found one.' : 'None can be told from an inconclusive drill.',
)}
${score === null ? '' : `<h4>Score</h4>${list([`Graceful degradation <b>${score.gracefulDegradation.points.toFixed(1)}</b>: ${rich(score.gracefulDegradation.because)}`, `Recovery time <b>${score.recoveryTime.points.toFixed(1)}</b>: ${rich(score.recoveryTime.because)}`, `Error handling <b>${score.errorHandling.points.toFixed(1)}</b>: ${rich(score.errorHandling.because)}`], '')}`}
<p class="facts">To do it again: <code>${escapeXml(repeatCommand(result, run.seed))}</code></p></section>`;
}

function drawCharts(result: DrillResult): string {
  const { dependencies, health } = result;
  const names = dependencies.map(
    ({ name }, index) =>
      `<i class="bar ${LINES[index % LINES.length]}"></i> connections to ${escapeXml(name)}`,
  );
  const figures = [
    `${drawLatency(result)}<figcaption>p95 of each window. <i class="bar shade"></i> failure, <i class="bar limit"></i> what counts as recovered, <i class="bar recovered"></i> recovered, × no answer.</figcaption>`,
    `${drawFailures(result)}<figcaption>Failed requests of each window${health.length === 0 ? '.' : '; below, the health endpoint: <i class="dot up"></i> 2xx, <i class="dot down"></i> another status, <i class="dot gone"></i> no answer.'}</figcaption>${drawConnections(result)}<figcaption>${[...names, '<i class="bar waiting"></i> requests that wait'].join(', ')}.</figcaption>`,
  ];
  return `<div class="charts">${figures.map((figure) => `<figure>${figure}</figure>`).join('\n')}</div>`;
}
