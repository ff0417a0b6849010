import { resolveWindows } from '../../proxy/periods.ts';
import type { ItemResult, PlannedItem, RunResult, Sample } from '../../types-run.ts';
import { showMs } from '../../units.ts';
import { periodBaseMs } from '../strategies/index.ts';
import { type ChartFrame, drawPercentiles, drawSamples } from './chart.ts';
import { drawErrors } from './error-chart.ts';
import { blameOf, headline } from './headline.ts';
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
      (result) =>
        `<a class="${result.verdict.value}${blameOf(result) === 'injected' ? ' by-fault' : ''}" href="#${result.itemId}">${result.verdict.value}<small>${escapeXml(describeCell(result))}</small></a>`,
    );
    return `<td>${marks.join(' ')}</td>`;
  };
  const rows = titles.map(
    (title) =>
      `<tr><th>${escapeXml(title)}</th>${endpoints.map((endpoint) => cell(endpoint, title)).join('')}</tr>`,
  );
  const legend =
    '<p class="facts">A failure in a solid frame is the application’s own or of unknown cause, one in a dashed frame is explained by the fault.</p>';
  return `<div class="matrix">${table(['', ...endpoints], rows)}</div>${legend}`;
}

/** The figure that says most: how many failed, else p95, else the slowest. */
function describeCell({ requests, failed, observed, verdict }: ItemResult): string {
  if (requests === 0) return '';
  if (failed > 0) return `${failed} of ${requests} failed`;
  if (verdict.value === 'inconclusive') return `${requests} sent`;
  return observed.p95Ms === null ? `max ${showMs(observed.maxMs)}` : `p95 ${showMs(observed.p95Ms)}`;
}

function renderSlos(results: readonly ItemResult[]): string {
  const rows = results
    .flatMap((result) => result.slos.map((slo) => ({ result, slo })))
    .toSorted((left, right) => WEIGHT[left.slo.verdict] - WEIGHT[right.slo.verdict])
    .map(({ result, slo }) => {
      const names = [result.endpoint, result.scenarioTitle].map((text) => `<td>${escapeXml(text)}</td>`);
      const figures = [slo.objective, slo.observed, slo.margin].map(
        (text) => `<td class="figure">${escapeXml(text)}</td>`,
      );
      const verdict = `<a class="${slo.verdict}" href="#${result.itemId}">${slo.verdict}</a>${slo.judged ? '' : ' (not judged)'}`;
      return `<tr>${[...names, ...figures].join('')}<td>${verdict}</td><td>${escapeXml(slo.pattern)}</td></tr>`;
    });
  return rows.length === 0
    ? '<p>None were declared.</p>'
    : table(['Endpoint', 'Scenario', 'Objective', 'Observed', 'Margin', 'Verdict', 'Failure pattern'], rows);
}

const WEIGHT = { fail: 0, inconclusive: 1, pass: 2 } as const;

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
      const cells = [String(each.count), ...figures].map((text) => `<td class="number">${text}</td>`);
      return `<tr><th>${name}</th>${cells.join('')}</tr>`;
    });
  return `<section id="${result.itemId}"><h3><span class="${verdict.value}">${verdict.value}</span> ${escapeXml(`${result.scenarioTitle} · ${result.endpoint}`)}</h3>
<p>${escapeXml(headline(result))}</p>
${planned === null ? '' : `<p class="facts">${escapeXml(describeStrategy(planned.item.context.strategy))}</p>`}
${result.requests > 1 && planned !== null ? drawCharts(planned, result, samples) : ''}
${rows.length === 0 ? '' : table(['', 'count', 'min', 'mean', 'p50', 'p95', 'p99', 'max'], rows, 'number')}</section>`;
}

function drawCharts({ item }: PlannedItem, { failed }: ItemResult, samples: readonly Sample[]): string {
  const { faults, strategy, slos, degradable } = item.context;
  const baseMs = periodBaseMs(strategy);
  const windows = faults.flatMap(({ type, periods }) =>
    periods.length === 0 ? [] : resolveWindows(periods, baseMs).map((window) => ({ ...window, name: type })),
  );
  const limitsMs = slos.flatMap((slo) => (slo.kind === 'latency' ? [slo.thresholdMs] : []));
  const frame: ChartFrame = { windows, durationMs: baseMs ?? 0, limitsMs, rule: { degradable } };
  const shaded = windows.length === 0 ? '' : '; shaded: the fault’s period';
  const limit = limitsMs.length === 0 ? '' : ' <i class="bar limit"></i> limit of the SLO.';
  const figures = [
    `${drawSamples(samples, frame)}<figcaption>Each request when it was due. <i class="dot hit"></i> a fault acted, <i class="dot failed"></i> failed, × no answer${shaded}.${limit}</figcaption>`,
    `${drawPercentiles(samples, frame)}<figcaption>By percentile: <i class="bar baseline"></i> without faults, <i class="bar faulted"></i> with them; a line ends where requests had no answer.${limit}</figcaption>`,
    ...(failed === 0
      ? []
      : [
          `${drawErrors(samples, frame)}<figcaption>Requests over time: <i class="dot failed"></i> failed by themselves, <i class="dot hit"></i> failed where a fault acted, <i class="dot good"></i> good.</figcaption>`,
        ]),
  ];
  return `<div class="charts">${figures.map((figure) => `<figure>${figure}</figure>`).join('\n')}</div>`;
}

function table(header: readonly string[], rows: readonly string[], kind = ''): string {
  const cells = header.map((name) => `<th${kind === '' ? '' : ` class="${kind}"`}>${escapeXml(name)}</th>`);
  return `<div class="wide"><table><thead><tr>${cells.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
