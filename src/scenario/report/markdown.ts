import type { ItemResult, RunResult } from '../../types-run.ts';
import { headline, numberOf } from './headline.ts';
import { renderItemMarkdown } from './item.ts';
import { countVerdicts, describeRun, runDuration } from './overview.ts';
import { alignedTable } from './table.ts';

/** Renders the whole report: overview, dashboard, objectives, fidelity certificate, and each item. */
export function renderRunMarkdown(result: RunResult): string {
  const { run, results } = result;
  const duration = runDuration(result);
  const facts = [
    `Run \`${run.id}\``,
    `seed ${run.seed}`,
    `started ${run.startedAt.slice(0, 19).replace('T', ' ')} UTC`,
    ...(duration === null ? [] : [`took ${duration}`]),
  ];
  return `${[
    '# Resilience report',
    describeRun(result),
    `${facts.join(' · ')}.`,
    section('Dashboard', renderDashboard(results)),
    section('What happened', renderHeadlines(results)),
    section('Objectives', renderSlos(results)),
    section('Fidelity certificate', renderFidelity(results)),
    section('Dependencies', renderDependencies(results)),
    '## Items',
    ...results.map((each) => renderItemMarkdown(each, plannedOf(run, each))),
    section('Notices', renderNotices(result)),
    section('How this was measured', HOW),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

/** Requested against injected, for each fault of each item. */
export function renderFidelity(results: readonly ItemResult[]): string {
  const rows = results.flatMap((result) =>
    result.fidelity.map((fault) => [
      numberOf(result),
      result.endpoint,
      fault.requested,
      fault.injected,
      `${fault.actedOn} of ${fault.exchanges}`,
    ]),
  );
  if (rows.length === 0) return '';
  const idle = results.flatMap(({ fidelity }) => fidelity).filter(({ actedOn }) => actedOn === 0).length;
  const lead =
    idle === 0
      ? 'Every declared fault acted.'
      : `${idle} of ${rows.length} declared faults acted on nothing; their items are not passed.`;
  return `${lead}\n\n${alignedTable(['Item', 'Endpoint', 'Requested', 'Injected', 'Acted on'], rows)}`;
}

/** Each objective with what was observed; the missed ones come first. */
export function renderSlos(results: readonly ItemResult[]): string {
  const rows = results
    .flatMap((result) => result.slos.map((slo) => ({ slo, result, place: numberOf(result) })))
    .sort((left, right) => WEIGHT[left.slo.verdict] - WEIGHT[right.slo.verdict])
    .map(({ slo, result, place }) => [
      place,
      result.endpoint,
      slo.objective,
      slo.observed,
      slo.margin,
      slo.judged ? showVerdict(slo.verdict) : `${slo.verdict} (not judged)`,
      slo.pattern,
    ]);
  if (rows.length === 0) return '';
  return alignedTable(
    ['Item', 'Endpoint', 'Objective', 'Observed', 'Margin', 'Verdict', 'Failure pattern'],
    rows,
  );
}

/** Verdicts by endpoint. */
export function renderDashboard(results: readonly ItemResult[]): string {
  const endpoints = [...new Set(results.map(({ endpoint }) => endpoint))];
  const row = (name: string, own: readonly ItemResult[]) => {
    const { items, pass, fail, failByTarget, inconclusive } = countVerdicts(own);
    return [name, items, pass, fail, failByTarget, inconclusive].map(String);
  };
  return alignedTable(
    ['Endpoint', 'Items', 'Pass', 'Fail', 'of these the application’s', 'Inconclusive'],
    [
      ...(endpoints.length > 1 ? [row('All endpoints', results)] : []),
      ...endpoints.map((endpoint) =>
        row(
          endpoint,
          results.filter((each) => each.endpoint === endpoint),
        ),
      ),
    ],
  );
}

/** `**fail**` stands out, the others do not. */
export function showVerdict(value: ItemResult['verdict']['value']): string {
  return value === 'fail' ? '**fail**' : value;
}

const WEIGHT = { fail: 0, inconclusive: 1, pass: 2 } as const;

const HOW = [
  '- Response times count from when a request was due, not from when it left, so a stalled client hides no slow answer. A request without an answer took forever (∞).',
  '- Percentiles are Hyndman–Fan type 6. One that the samples do not support prints as –: p95 needs 20 samples, p99 needs 100.',
  '- A request failed when it had no answer, a 5xx, or a 2xx although every call to a dependency failed.',
  '- *Injected* is what the proxy’s ledger says it did. *Residual* is what is left of the response time without that and without the baseline.',
].join('\n');

function renderHeadlines(results: readonly ItemResult[]): string {
  return results
    .map(
      (result) =>
        `- ${numberOf(result)} · ${showVerdict(result.verdict.value)} · ${result.scenarioTitle} · ${result.endpoint}: ${headline(result)}`,
    )
    .join('\n');
}

function renderDependencies(results: readonly ItemResult[]): string {
  const rows = results.flatMap((result) =>
    result.dependencies
      .filter(({ exchanges }) => exchanges > 0)
      .map((each) => [
        numberOf(result),
        result.endpoint,
        each.proxy,
        `${each.exchanges}`,
        `${each.hits}`,
        each.perRequest === null ? '–' : each.perRequest.toFixed(1),
        JOINED[each.joinedBy],
      ]),
  );
  if (rows.length === 0) return '';
  return alignedTable(
    ['Item', 'Endpoint', 'Dependency', 'Exchanges', 'Hit', 'Per request', 'Joined to requests by'],
    rows,
  );
}

const JOINED = {
  traceparent: 'trace id',
  'single-in-flight': 'being alone in flight',
  item: 'nothing: counted for the item as a whole',
} as const;

function renderNotices({ run, results }: RunResult): string {
  const notices = [...run.notices, ...results.flatMap((result) => result.notices)];
  const lines = notices.map(({ where, message }) => `- ${where}: ${message}`);
  return [...new Set(lines)].join('\n');
}

function section(title: string, body: string): string {
  return body === '' ? '' : `## ${title}\n\n${body}`;
}

function plannedOf(run: RunResult['run'], { itemId }: ItemResult) {
  return run.items.find(({ id }) => id === itemId) ?? null;
}
