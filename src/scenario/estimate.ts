import type { Item, Scenario, Strategy } from '../types.ts';
import { wantsPreflight } from './run/preflight.ts';
import { countRequests, estimateMs } from './strategies/index.ts';

export interface Estimate {
  /** Requests sent by the runner: setup, pre-flight, baseline, faulted and teardown. */
  readonly requests: number;
  /** Time of all items one after another; of single calls what their faults and time limits suggest. */
  readonly durationMs: number;
}

/** Time that is taken for a call of which nothing is known. */
const CALL_MS = 20;

/** Estimates requests and time of running scenarios one after another. */
export function estimateScenarios(scenarios: readonly Scenario[]): Estimate {
  return sum(
    scenarios.map(({ config, items }) => {
      const calls = config.setup.length + config.teardown.length;
      return sum([{ requests: calls, durationMs: calls * CALL_MS }, ...items.map(estimateItem)]);
    }),
  );
}

/** Estimates requests and time of one item, its pre-flight call and baseline included. */
export function estimateItem(item: Item): Estimate {
  if (item.context.runsOn !== null) return { requests: 0, durationMs: 0 };
  const repeatable = wantsPreflight(item);
  const preflight = repeatable ? { requests: 1, durationMs: CALL_MS } : { requests: 0, durationMs: 0 };
  return sum([preflight, estimateStrategy(item, item.context.strategy, repeatable)]);
}

function estimateStrategy(item: Item, strategy: Strategy, repeatable: boolean): Estimate {
  switch (strategy.mode) {
    case 'single':
      return { requests: 1, durationMs: faultedCallMs(item, 0) };
    case 'repeat': {
      const steps = Array.from({ length: strategy.count }, (_, index) =>
        faultedCallMs(item, index * strategy.step),
      );
      const calls = steps.length + (strategy.addBaselineCall ? 1 : 0);
      const waits = Math.max(calls - 1, 0) * strategy.waitMs;
      const baseline = strategy.addBaselineCall ? CALL_MS : 0;
      return { requests: calls, durationMs: steps.reduce((total, ms) => total + ms, baseline + waits) };
    }
    case 'load': {
      const durationMs = estimateMs(strategy, repeatable);
      const perMs = (strategy.clients * strategy.requestsPerSecond) / 1_000;
      const baseline = Math.round((durationMs - strategy.durationMs) * perMs);
      return { requests: baseline + countRequests(strategy), durationMs };
    }
  }
}

function faultedCallMs({ call, context }: Item, raisedMs: number): number {
  const delays = context.faults.map(({ type, params }) => {
    if (type === 'blackhole') return call.timeoutMs;
    if (type !== 'latency') return 0;
    return typeof params.mean === 'number' ? params.mean + raisedMs : raisedMs;
  });
  return Math.min(
    delays.reduce((total, ms) => total + ms, CALL_MS),
    call.timeoutMs,
  );
}

function sum(estimates: readonly Estimate[]): Estimate {
  return estimates.reduce(
    (total, { requests, durationMs }) => ({
      requests: total.requests + requests,
      durationMs: total.durationMs + durationMs,
    }),
    { requests: 0, durationMs: 0 },
  );
}
