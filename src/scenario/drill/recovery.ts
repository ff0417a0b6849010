import type { RecoveryRule } from '../../types-drill.ts';
import type { Sample } from '../../types-run.ts';
import { showMs, showPercent } from '../../units.ts';
import { isFailed, isMeasured, responseTimeMs } from '../verdict/failure.ts';
import { percentile, sortValues } from '../verdict/percentile.ts';

/** What a window must keep to count as well. */
export interface RecoveryLimits {
  readonly p95LimitMs: number;
  /** 0 to 1. */
  readonly errorShareLimit: number;
}

/** What is known when recovery is looked for; times in ms since the drill began. */
export interface RecoverySearch {
  /** Of all requests that have ended so far. */
  readonly samples: readonly Sample[];
  /** When the failure ended. */
  readonly fromMs: number;
  /** Requests are due at its multiples. */
  readonly intervalMs: number;
  readonly limits: RecoveryLimits;
  readonly rule: RecoveryRule;
}

interface Cell {
  expected: number;
  ended: number;
  failed: number;
  /** When the last one was due that failed, or that was too slow. */
  lastBadDueMs: number;
  readonly times: number[];
  /** When successes ended that ended within the cell. */
  readonly successes: number[];
}

/**
 * Derives the limits of a window from the baseline: its error rate and p95 with the tolerance of the rule. As a
 * short window holds few requests, p95 may reach what the worst window of the baseline had.
 */
export function limitsFrom(baseline: readonly Sample[], rule: RecoveryRule): RecoveryLimits {
  const measured = baseline.filter(isMeasured);
  const times = sortValues(measured.filter((sample) => !isFailed(sample)).map(responseTimeMs));
  const p95 = times.length === 0 ? 0 : percentile(times, 95);
  const worst = Math.max(0, ...listWindows(measured, rule.windowMs).map((window) => percentile(window, 95)));
  const failed = measured.filter(isFailed).length;
  return {
    p95LimitMs: Math.max(p95 * rule.p95Factor, p95 + rule.p95SlackMs, worst),
    errorShareLimit: Math.min(1, failed / Math.max(1, measured.length) + rule.errorShare),
  };
}

/**
 * Looks for the first success at or after `fromMs` after which `rule.windows` windows hold, one after another, and
 * gives the ms from `fromMs` to its end; `null`: there is none yet. Windows lie on a grid that begins at `fromMs`; a
 * request belongs to the one in which it was due, and one that has not ended keeps its window open. Between the
 * success and the first of its windows no request may be due that fails or is slower than the limit.
 */
export function findRecovery(search: RecoverySearch): number | null {
  const { rule, fromMs } = search;
  const cells = layOut(search);
  const holds = cells.map((cell) => isWell(cell, search.limits));
  let run = 0;
  for (let last = 0; last < cells.length; last += 1) {
    run = holds[last] === true ? run + 1 : 0;
    const first = last - rule.windows + 1;
    if (run < rule.windows || first < 1) continue;
    const before = cells[first - 1];
    const success = before?.successes.find((endMs) => endMs > before.lastBadDueMs);
    if (success !== undefined) return success - fromMs;
  }
  return null;
}

/** One sentence for people about what was found, or what did not hold. */
export function explainRecovery(
  recoveredAfterMs: number | null,
  search: RecoverySearch,
  limitMs: number,
): string {
  const { rule, limits } = search;
  const bounds = `errors up to ${showPercent(limits.errorShareLimit)}, p95 up to ${showMs(limits.p95LimitMs)}`;
  const windows = `${rule.windows} windows of ${rule.windowMs} ms`;
  if (recoveredAfterMs !== null)
    return `The first success after which ${windows} held (${bounds}) came ${showMs(recoveredAfterMs)} after the failure ended.`;
  const late = layOut(search)
    .filter(({ expected }) => expected > 0)
    .slice(-rule.windows);
  const count = (pick: (cell: Cell) => number) => late.reduce((sum, cell) => sum + pick(cell), 0);
  const expected = count((cell) => cell.expected);
  const times = sortValues(late.flatMap(({ times }) => times));
  return `Within ${showMs(limitMs)} there was no success after which ${windows} held (${bounds}); of the last ${expected} requests ${count((cell) => cell.failed)} failed and ${expected - count((cell) => cell.ended)} had not ended, p95 ${showMs(times.length === 0 ? null : percentile(times, 95))}.`;
}

function layOut({ samples, fromMs, intervalMs, limits, rule }: RecoverySearch): readonly Cell[] {
  const cells: Cell[] = [];
  const at = (ms: number) => {
    const index = Math.floor((ms - fromMs) / rule.windowMs);
    while (cells.length <= index)
      cells.push(emptyCell(fromMs + cells.length * rule.windowMs, rule.windowMs, intervalMs));
    return index < 0 ? null : (cells[index] ?? null);
  };
  for (const sample of samples.filter(isMeasured)) {
    const failed = isFailed(sample);
    const endMs = sample.dueMs + sample.latencyMs;
    if (!failed) at(endMs)?.successes.push(endMs);
    const cell = sample.dueMs < fromMs ? null : at(sample.dueMs);
    if (cell === null) continue;
    cell.ended += 1;
    cell.times.push(responseTimeMs(sample));
    if (failed) cell.failed += 1;
    if (failed || responseTimeMs(sample) > limits.p95LimitMs)
      cell.lastBadDueMs = Math.max(cell.lastBadDueMs, sample.dueMs);
  }
  for (const cell of cells) cell.successes.sort((left, right) => left - right);
  return cells;
}

function emptyCell(startMs: number, windowMs: number, intervalMs: number): Cell {
  // 3 × 0.1 is 0.30000000000000004: the n-th request is due a hair away from the edge that it stands on.
  const nth = (ms: number) => Math.ceil(ms / intervalMs - 1e-6);
  return {
    expected: nth(startMs + windowMs) - nth(startMs),
    ended: 0,
    failed: 0,
    lastBadDueMs: Number.NEGATIVE_INFINITY,
    times: [],
    successes: [],
  };
}

function isWell({ expected, ended, failed, times }: Cell, limits: RecoveryLimits): boolean {
  if (ended < expected) return false;
  if (failed > Math.floor(expected * limits.errorShareLimit)) return false;
  return times.length === 0 || percentile(sortValues(times), 95) <= limits.p95LimitMs;
}

function listWindows(samples: readonly Sample[], windowMs: number): readonly (readonly number[])[] {
  const windows = new Map<number, number[]>();
  for (const sample of samples.filter((candidate) => !isFailed(candidate))) {
    const index = Math.floor(sample.dueMs / windowMs);
    const window = windows.get(index) ?? [];
    window.push(responseTimeMs(sample));
    windows.set(index, window);
  }
  return [...windows.values()].map(sortValues);
}
