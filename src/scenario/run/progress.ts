import type { Clock } from '../../clock.ts';
import { estimateItem } from '../estimate.ts';
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
  plans: readonly ItemPlan[],
  lanes: number,
  deps: ProgressDeps,
): ProgressReporter {
  const startedAtMs = deps.clock.now();
  const left = new Map(
    plans.map((plan) => [plan.planned.id, estimateItem(plan.planned.item).durationMs + OVERHEAD_MS]),
  );
  const began = new Map<string, number>();
  let done = 0;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  const remainingMs = () => {
    const each = [...left].map(([id, estimate]) =>
      Math.max(0, estimate - (deps.clock.now() - (began.get(id) ?? deps.clock.now()))),
    );
    const sum = each.reduce((total, ms) => total + ms, 0);
    return Math.round(Math.max(sum / lanes, ...each, 0));
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
      tell(name(plan));
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
