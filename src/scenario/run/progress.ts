import type { Clock } from '../../clock.ts';
import { estimateItem } from '../estimate.ts';
import type { LaneLimits, LaneTask } from './lanes.ts';
import type { ItemPlan } from './plan.ts';

export interface RunProgress {
  readonly doneItems: number;
  readonly totalItems: number;
  readonly elapsedMs: number;
  readonly remainingMs: number;
  /** At most 120 characters: `2/4: latency on GET /orders — 12 of 80 requests failed`. */
  readonly message: string;
}

export interface ProgressDeps {
  readonly clock: Clock;
  readonly onProgress: (progress: RunProgress) => void;
}

export interface ProgressTask extends LaneTask {
  readonly plan: ItemPlan;
}

export interface ProgressReporter {
  start(plan: ItemPlan): void;
  samples(plan: ItemPlan, count: { readonly sent: number; readonly failed: number }): void;
  finish(plan: ItemPlan): void;
}

/** Opening its proxies, joining and judging take about this long for each item. */
const OVERHEAD_MS = 60;
const REPORT_EVERY_MS = 500;
const MAX_MESSAGE = 120;

/** Tells how far the run is; at most twice a second while requests come in. */
export function reportProgress(
  tasks: readonly ProgressTask[],
  limits: LaneLimits,
  /** Why items that could run side by side do not; said once. */
  serialBecause: string | null,
  deps: ProgressDeps,
): ProgressReporter {
  const plans = tasks.map(({ plan }) => plan).toSorted((one, other) => one.index - other.index);
  let why = serialBecause === null ? '' : ` (one after another: ${serialBecause})`;
  const startedAtMs = deps.clock.now();
  const left = new Map(
    plans.map((plan) => [plan.planned.id, estimateItem(plan.planned.item).durationMs + OVERHEAD_MS]),
  );
  const began = new Map<string, number>();
  let done = 0;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  const remainingMs = () => {
    const each = tasks.map(({ plan, resources, ratePerSecond }) => {
      const estimate = left.get(plan.planned.id) ?? 0;
      const sinceMs = deps.clock.now() - (began.get(plan.planned.id) ?? deps.clock.now());
      return { resources, ratePerSecond, ms: Math.max(0, estimate - sinceMs) };
    });
    return Math.round(boundRemaining(each, limits));
  };
  const tell = (message: string) => {
    toldAtMs = deps.clock.now();
    deps.onProgress({
      doneItems: done,
      totalItems: plans.length,
      elapsedMs: Math.round(toldAtMs - startedAtMs),
      remainingMs: remainingMs(),
      message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 1)}…` : message,
    });
  };
  const name = (plan: ItemPlan) => {
    const types = [...new Set(plan.planned.item.context.faults.map(({ type }) => type))].join(' + ');
    const place = plans.indexOf(plan) + 1;
    return `${place}/${plans.length}: ${types === '' ? 'no fault' : types} on ${plan.planned.endpoint}`;
  };
  return {
    start(plan) {
      began.set(plan.planned.id, deps.clock.now());
      tell(`${name(plan)}${why}`);
      why = '';
    },
    samples(plan, { sent, failed }) {
      if (deps.clock.now() - toldAtMs < REPORT_EVERY_MS) return;
      tell(`${name(plan)} — ${failed} of ${sent} requests failed`);
    },
    finish(plan) {
      left.delete(plan.planned.id);
      done += 1;
      tell(`${name(plan)} — done`);
    },
  };
}

/** No schedule is shorter: each lane, each thing needed alone, and the rate in all can only do so much. */
function boundRemaining(
  tasks: readonly (LaneTask & { readonly ms: number })[],
  { lanes, ratePerSecond }: LaneLimits,
): number {
  const sumOf = (some: readonly { readonly ms: number }[]) => some.reduce((total, { ms }) => total + ms, 0);
  const names = [...new Set(tasks.flatMap(({ resources }) => resources))];
  return Math.max(
    sumOf(tasks) / lanes,
    ...tasks.map(({ ms }) => ms),
    ...names.map((name) => sumOf(tasks.filter(({ resources }) => resources.includes(name)))),
    sumOf(tasks.map((task) => ({ ms: task.ms * Math.min(1, task.ratePerSecond / ratePerSecond) }))),
    0,
  );
}
