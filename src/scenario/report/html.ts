import { resolveWindows } from '../../proxy/periods.ts';
import type { ItemResult, PlannedItem, RunResult, Sample } from '../../types-run.ts';
import { showMs } from '../../units.ts';
import { periodBaseMs } from '../strategies/index.ts';
import { drawPercentiles, drawSamples } from './chart.ts';
import { headline } from './headline.ts';
import { describeStrategy } from './item.ts';
import { describeRun, runDuration } from './overview.ts';
import { REPORT_CSS } from './style.ts';
import { escapeXml } from './xml.ts';

/** The run as one HTML file that loads nothing: overview, matrix, objectives, and what happened when in each item. */
export function renderRunHtml(result: RunResult, samples: readonly Sample[]): string {
  const { run, results } = result;
  const byItem = groupByItem(samples);
  const duration = runDuration(result);
  const facts = [
    run.id,
    `seed ${run.seed}`,
    run.startedAt,
    ...(duration === null ? [] : [`took ${duration}`]),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Resilience report ${escapeXml(run.id)}</title><style>${REPORT_CSS}</style></head><body><main>
<h1>Resilience report</h1>
<p class="lead">${escapeXml(describeRun(result))}</p>
<p class="facts">${facts.map(escapeXml).join(' · ')}</p>
<h2>Endpoint × fault</h2>
${renderMatrix(results)}
<h2>Objectives</h2>
${renderSlos(results)}
<h2>Fidelity certificate</h2>
${renderFidelity(results)}
<h2>Items</h2>
${results
  .map((each) =>
    renderItem(each, run.items.find(({ id }) => id === each.itemId) ?? null, byItem.get(each.itemId) ?? []),
  )
  .join('\n')}
</main></body></html>
`;
}

function groupByItem(samples: readonly Sample[]): ReadonlyMap<string, readonly Sample[]> {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const group = groups.get(sample.itemId);
    if (group === undefined) groups.set(sample.itemId, [sample]);
    else group.push(sample);
  }
  return groups;
}

function renderMatrix(results: readonly ItemResult[]): string {
  const endpoints = [...new Set(results.map(({ endpoint }) => endpoint))];
  const titles = [...new Set(results.map(({ scenarioTitle }) => scenarioTitle))];
  const cell = (endpoint: string, title: string) => {
    const own = results.filter((each) => each.endpoint === endpoint && each.scenarioTitle === title);
    const marks = own.map(
      ({ itemId, verdict }) => `<a class="${verdict.value}" href="#${itemId}">${verdict.value}</a>`,
    );
    return `<td>${marks.join(' ')}</td>`;
  };
  const rows = titles.map(
    (title) =>
      `<tr><th>${escapeXml(title)}</th>${endpoints.map((endpoint) => cell(endpoint, title)).join('')}</tr>`,
  );
  return table(['', ...endpoints], rows);
}

function renderSlos(results: readonly ItemResult[]): string {
  const rows = results.flatMap((result) =>
    result.slos.map((slo) => {
      const cells = [result.endpoint, result.scenarioTitle, slo.objective, slo.observed, slo.margin];
      const verdict = `<a class="${slo.verdict}" href="#${result.itemId}">${slo.verdict}</a>${slo.judged ? '' : ' (not judged)'}`;
      return `<tr>${cells.map((text) => `<td>${escapeXml(text)}</td>`).join('')}<td>${verdict}</td><td>${escapeXml(slo.pattern)}</td></tr>`;
    }),
  );
  return rows.length === 0
    ? '<p>None were declared.</p>'
    : table(['Endpoint', 'Scenario', 'Objective', 'Observed', 'Margin', 'Verdict', 'Failure pattern'], rows);
}

function renderFidelity(results: readonly ItemResult[]): string {
  const rows = results.flatMap(({ endpoint, itemId, fidelity }) =>
    fidelity.map((fault) => {
      const cells = [fault.requested, fault.injected, `${fault.actedOn} of ${fault.exchanges}`];
      return `<tr><td><a href="#${itemId}">${escapeXml(endpoint)}</a></td>${cells.map((text) => `<td>${escapeXml(text)}</td>`).join('')}</tr>`;
    }),
  );
  return rows.length === 0
    ? '<p>No fault was declared.</p>'
    : table(['Endpoint', 'Requested', 'Injected', 'Acted on'], rows);
}

function renderItem(result: ItemResult, planned: PlannedItem | null, samples: readonly Sample[]): string {
  const { baseline, observed, injected, verdict } = result;
  const rows = [
    ['baseline', baseline] as const,
    ['observed', observed] as const,
    ['injected', injected] as const,
  ]
    .filter(([, { count }]) => count > 0)
    .map(([name, each]) => {
      const figures = [each.minMs, each.meanMs, each.p50Ms, each.p95Ms, each.p99Ms, each.maxMs].map(showMs);
      return `<tr><th>${name}</th><td>${each.count}</td>${figures.map((text) => `<td>${text}</td>`).join('')}</tr>`;
    });
  return `<section id="${result.itemId}"><h3><span class="${verdict.value}">${verdict.value}</span> ${escapeXml(`${result.scenarioTitle} · ${result.endpoint}`)}</h3>
<p>${escapeXml(headline(result))}</p>
${planned === null ? '' : `<p class="facts">${escapeXml(describeStrategy(planned.item.context.strategy))}</p>`}
${result.requests > 1 && planned !== null ? drawCharts(planned, samples) : ''}
${rows.length === 0 ? '' : table(['', 'count', 'min', 'mean', 'p50', 'p95', 'p99', 'max'], rows)}</section>`;
}

function drawCharts({ item }: PlannedItem, samples: readonly Sample[]): string {
  const { faults, strategy, degradable } = item.context;
  const baseMs = periodBaseMs(strategy);
  const windows = faults.flatMap(({ periods }) =>
    periods.length === 0 ? [] : resolveWindows(periods, baseMs),
  );
  return `<div class="charts"><figure>${drawSamples(samples, windows, baseMs ?? 0, { degradable })}<figcaption>Each request when it was due. <i class="dot hit"></i> a fault acted, <i class="dot failed"></i> failed, × no answer; shaded: the fault's period.</figcaption></figure>
<figure>${drawPercentiles(samples)}<figcaption>By percentile: <i class="bar baseline"></i> without faults, <i class="bar faulted"></i> with them.</figcaption></figure></div>`;
}

function table(header: readonly string[], rows: readonly string[]): string {
  return `<div class="wide"><table><thead><tr>${header.map((name) => `<th>${escapeXml(name)}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
