import { resolveWindows } from '../../proxy/periods.ts';
import type { Strategy } from '../../types.ts';
import type { ItemResult, LatencySummary, PlannedItem } from '../../types-run.ts';
import { formatDuration, showMs } from '../../units.ts';
import { periodBaseMs } from '../strategies/index.ts';
import { headline, isAsExpected, listCounts, numberOf } from './headline.ts';
import { alignedTable } from './table.ts';

/** Renders one item: what was done, what came of it, and the figures behind it. */
export function renderItemMarkdown(result: ItemResult, planned: PlannedItem | null): string {
  return [
    `### ${numberOf(result)}. ${result.scenarioTitle} · ${result.endpoint}: ${result.verdict.value}`,
    headline(result),
    [
      ...(planned === null ? [] : [`- Strategy: ${describeStrategy(planned.item.context.strategy)}.`]),
      ...result.fidelity.map(
        (fault) =>
          `- Fault: ${fault.requested}. Acted on ${fault.actedOn} of ${fault.exchanges} exchanges: ${fault.injected}.`,
      ),
      ...(result.injectedOf === 'item' && result.injected.count > 0
        ? [
            `- Injected is counted over the item as a whole, ${(result.delayedCallsPerRequest ?? 0).toFixed(1)} delayed calls per request: they could not be put down to single requests.`,
          ]
        : []),
      ...(result.requests === 0 ? [] : [`- Outcomes: ${showOutcomes(result)}.`]),
      ...result.expectations.map(
        ({ expected, met, calls, judged }) =>
          `- Expected ${expected}: ${met} of ${calls} met it${judged ? '' : ' (reported, not judged under load)'}.`,
      ),
      ...(result.maxLatenessMs === null || planned?.item.context.strategy.mode !== 'load'
        ? []
        : [`- Our generator was at most ${showMs(result.maxLatenessMs)} late.`]),
    ].join('\n'),
    planned === null ? '' : renderTimeline(planned),
    result.requests === 0 ? '' : renderLatencies(result),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** `load: 3 clients × 2 requests a second for 10s`. */
export function describeStrategy(strategy: Strategy): string {
  switch (strategy.mode) {
    case 'single':
      return 'one call';
    case 'repeat':
      return `${strategy.count} calls, ${strategy.stepField} raised by ${strategy.step} each time${strategy.addBaselineCall ? ', after a call without faults' : ''}`;
    case 'load':
      return `${strategy.clients} ${strategy.clients === 1 ? 'client' : 'clients'} × ${strategy.requestsPerSecond} requests a second for ${formatDuration(strategy.durationMs)}`;
  }
}

const TIMELINE_CELLS = 50;

/** When each fault was active, one line of blocks for each; empty where all were active all the time. */
function renderTimeline({ item }: PlannedItem): string {
  const { faults, strategy } = item.context;
  const baseMs = periodBaseMs(strategy);
  if (baseMs === null || faults.every(({ periods }) => periods.length === 0)) return '';
  const width = Math.max(...faults.map(({ type }) => type.length));
  const lines = faults.map(({ type, periods }) => {
    const windows = resolveWindows(periods, baseMs);
    const cells = Array.from({ length: TIMELINE_CELLS }, (_cell, index) => {
      const atMs = ((index + 0.5) / TIMELINE_CELLS) * baseMs;
      return windows.some(({ startMs, endMs }) => atMs >= startMs && atMs < endMs) ? '█' : '·';
    });
    return `${type.padEnd(width)} ${cells.join('')}`;
  });
  const end = formatDuration(baseMs);
  const scale = `${' '.repeat(width)} 0${end.padStart(TIMELINE_CELLS - 1)}`;
  return ['```text', ...lines, scale, '```'].join('\n');
}

function renderLatencies(result: ItemResult): string {
  const row = (name: string, summary: LatencySummary) =>
    [
      name,
      String(summary.count),
      ...[
        summary.minMs,
        summary.meanMs,
        summary.p25Ms,
        summary.p50Ms,
        summary.p75Ms,
        summary.p95Ms,
        summary.p99Ms,
        summary.maxMs,
      ].map(showMs),
    ] as const;
  const { residualP50Ms, residualP95Ms } = result;
  return alignedTable(
    ['', 'count', 'min', 'mean', 'p25', 'p50', 'p75', 'p95', 'p99', 'max'],
    [
      ...(result.baseline.count > 0 ? [row('baseline', result.baseline)] : []),
      row('observed', result.observed),
      ...((result.injected.maxMs ?? 0) >= 1 ? [row('injected', result.injected)] : []),
      ...(residualP50Ms === null
        ? []
        : [['residual', '', '', '', '', showMs(residualP50Ms), '', showMs(residualP95Ms)]]),
    ],
  );
}

function showOutcomes(result: ItemResult): string {
  const { failed, failedByInjection } = result;
  const list = listCounts(result);
  if (failed === 0) return list;
  if (isAsExpected(result)) return `${list}, as expected`;
  const own = failed - failedByInjection;
  return `${list}; ${failed} failed, ${failedByInjection} of them injected, ${own} the application’s own`;
}
