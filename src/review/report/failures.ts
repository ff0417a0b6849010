import { inlineCode, markdownTable } from '../../markdown.ts';
import { tame } from '../../policy.ts';
import type { ItemResult, RunResult } from '../../types-run.ts';

/** Lists every missed objective with its margin and who explains it, then the counts by operation. */
export function renderFailures(run: RunResult | null): string {
  if (run === null) {
    const missing =
      'There is no run to read. Run scenarios with `scenario_run` and give its `run_id` to the review.';
    return `## SLO Failures Deep Dive\n\n${missing}\n\n## Dashboard\n\nNothing was measured.`;
  }
  return [
    '## SLO Failures Deep Dive',
    '',
    ...renderMissed(run),
    '',
    ...renderOther(run),
    '## Dashboard',
    '',
    renderDashboard(run),
  ].join('\n');
}

function renderMissed(run: RunResult): string[] {
  const header = [
    'Scenario',
    'Operation',
    'SLO violated',
    'Objective',
    'Observed',
    'Margin',
    'Failure pattern',
    'Explained by',
    'Item',
  ];
  const rows = run.results.flatMap((result) =>
    result.slos
      .filter((slo) => slo.judged && slo.verdict === 'fail')
      .map((slo) => [
        tame(result.scenarioTitle, 100),
        inlineCode(tame(result.endpoint, 100)),
        tame(slo.title, 80),
        slo.objective,
        slo.observed,
        slo.margin,
        slo.pattern || '–',
        explainedBy(result),
        inlineCode(result.itemId),
      ]),
  );
  if (rows.length === 0) return [`No judged objective was missed in run ${inlineCode(run.run.id)}.`];
  return [
    `*Every item of run ${inlineCode(run.run.id)} with a missed objective. "Explained by" keeps what was injected apart from the service's own behaviour.*`,
    '',
    markdownTable(header, rows),
  ];
}

/** Items that failed an expectation, and those that could not be judged. */
function renderOther(run: RunResult): string[] {
  const others = run.results.filter(
    (result) =>
      result.verdict.value !== 'pass' && !result.slos.some((slo) => slo.judged && slo.verdict === 'fail'),
  );
  if (others.length === 0) return [];
  const rows = others.map((result) => [
    tame(result.scenarioTitle, 100),
    inlineCode(tame(result.endpoint, 100)),
    result.verdict.value,
    tame(result.verdict.reasons.map((reason) => reason.message).join('; '), 300),
    outcomesOf(result),
    explainedBy(result),
    inlineCode(result.itemId),
  ]);
  const header = ['Scenario', 'Operation', 'Verdict', 'Why', 'Outcomes', 'Explained by', 'Item'];
  return ['**Other items that did not pass**', '', markdownTable(header, rows), ''];
}

function explainedBy(result: ItemResult): string {
  const causes = new Set(result.verdict.reasons.map((reason) => reason.cause));
  const target = causes.has('target');
  const injected = causes.has('injected');
  if (target && injected) return 'both';
  if (target) return 'the service';
  return injected ? 'the fault' : '–';
}

function outcomesOf(result: ItemResult): string {
  return Object.entries(result.outcomes)
    .map(([outcome, times]) => `${times} × ${outcome}`)
    .join(', ');
}

function renderDashboard(run: RunResult): string {
  const header = ['Scope', 'Items', 'Passed', 'Failed', 'of these by the service', 'Inconclusive'];
  const endpoints = [...new Set(run.results.map((result) => result.endpoint))];
  const row = (scope: string, results: readonly ItemResult[]) => {
    const of = (value: string) => results.filter((result) => result.verdict.value === value);
    const own = of('fail').filter((result) =>
      result.verdict.reasons.some((reason) => reason.cause === 'target'),
    );
    return [
      scope,
      results.length,
      of('pass').length,
      of('fail').length,
      own.length,
      of('inconclusive').length,
    ].map(String);
  };
  return markdownTable(header, [
    row('All operations', run.results),
    ...endpoints.map((endpoint) =>
      row(
        inlineCode(tame(endpoint, 100)),
        run.results.filter((result) => result.endpoint === endpoint),
      ),
    ),
  ]);
}
