import type { Clock } from '../../clock.ts';
import { boundPacking, type LaneLimits } from './lanes.ts';
import type { ItemTask } from './order.ts';
import type { ItemPlan } from './plan.ts';

export interface RunProgress {
  /** Never falls; an item under way counts for the share of its time that is over. */
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

export interface ProgressReporter {
  start(plan: ItemPlan): void;
  samples(plan: ItemPlan, count: { readonly sent: number; readonly failed: number }): void;
  finish(plan: ItemPlan): void;
  /** Ends the telling. */
  close(): void;
}

/** Opening its proxies, joining and judging take about this long for each item. */
const OVERHEAD_MS = 60;
const REPORT_EVERY_MS = 500;
const MAX_MESSAGE = 120;
/** What is over of an item that takes longer than estimated goes from here towards the whole. */
const OVERDUE_FROM = 0.9;

/** Tells how far the run is: when an item starts or ends, and about twice a second while it goes. */
export function reportProgress(
  tasks: readonly ItemTask[],
  limits: LaneLimits,
  deps: ProgressDeps,
): ProgressReporter {
  const plans = tasks.map(({ plan }) => plan).toSorted((one, other) => one.index - other.index);
  const alone = tasks.filter((task) => task.alone).length;
  let order = alone > 0 && limits.lanes > 1 && tasks.length > 1 ? ` (${alone} run alone)` : '';
  const startedAtMs = deps.clock.now();
  const left = new Map(tasks.map(({ plan, estimateMs }) => [plan.planned.id, estimateMs + OVERHEAD_MS]));
  const began = new Map<string, number>();
  let done = 0;
  let told = { atMs: Number.NEGATIVE_INFINITY, doneItems: 0, message: '' };
  const sinceMs = (id: string) => deps.clock.now() - (began.get(id) ?? deps.clock.now());
  const remainingMs = () => {
    const each = tasks.map((task) => {
      const { id } = task.plan.planned;
      return { ...task, ms: Math.max(0, (left.get(id) ?? 0) - sinceMs(id)) };
    });
    return Math.round(boundPacking(each, limits));
  };
  const countDone = () => {
    const underWay = [...began.keys()].reduce((sum, id) => {
      const estimate = left.get(id);
      return sum + (estimate === undefined ? 0 : shareOf(sinceMs(id), estimate));
    }, 0);
    return Math.max(told.doneItems, Math.round((done + underWay) * 1_000) / 1_000);
  };
  const tell = (message: string) => {
    told = { atMs: deps.clock.now(), doneItems: countDone(), message };
    deps.onProgress({
      doneItems: told.doneItems,
      totalItems: plans.length,
      elapsedMs: Math.round(told.atMs - startedAtMs),
      remainingMs: remainingMs(),
      message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 1)}…` : message,
    });
  };
  const tellSeldom = (message: string) => {
    if (deps.clock.now() - told.atMs >= REPORT_EVERY_MS) tell(message);
  };
  const name = (plan: ItemPlan) => {
    const types = [...new Set(plan.planned.item.context.faults.map(({ type }) => type))].join(' + ');
    const place = plans.indexOf(plan) + 1;
    return `${place}/${plans.length}: ${types === '' ? 'no fault' : types} on ${plan.planned.endpoint}`;
  };
  // A black hole gives no samples, yet its time goes by.
  const ticking = setInterval(() => tellSeldom(told.message), REPORT_EVERY_MS);
  return {
    start(plan) {
      began.set(plan.planned.id, deps.clock.now());
      tell(`${name(plan)}${order}`);
      order = '';
    },
    samples: (plan, { sent, failed }) => tellSeldom(`${name(plan)} — ${failed} of ${sent} requests failed`),
    finish(plan) {
      left.delete(plan.planned.id);
      done += 1;
      tell(`${name(plan)} — done`);
    },
    close: () => clearInterval(ticking),
  };
}

/** Grows with the time and stays below 1. */
function shareOf(sinceMs: number, estimateMs: number): number {
  const share = sinceMs / estimateMs;
  return share <= OVERDUE_FROM ? share : 1 - ((1 - OVERDUE_FROM) * OVERDUE_FROM) / share;
}
