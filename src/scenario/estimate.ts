import type { HttpMethod, Item, Scenario, Strategy } from '../types.ts';

export interface Estimate {
  /** Requests sent by the runner: setup, pre-flight, baseline, faulted and teardown. */
  readonly requests: number;
  /** Time of all items one after another; of single calls what their faults and time limits suggest. */
  readonly durationMs: number;
}

/** Time that is taken for a call of which nothing is known. */
const CALL_MS = 20;
/** Least and greatest time of the fault-free baseline before a load. */
const BASELINE_MIN_MS = 2_000;
const BASELINE_MAX_MS = 5_000;
const BASELINE_SHARE = 0.2;
const SAFE_METHODS: readonly HttpMethod[] = ['GET', 'HEAD', 'OPTIONS'];

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
  const repeatable = mayRepeat(item);
  const preflight = repeatable ? { requests: 1, durationMs: CALL_MS } : { requests: 0, durationMs: 0 };
  return sum([preflight, estimateStrategy(item, item.context.strategy, repeatable)]);
}

/** Time of the fault-free baseline before a load of `durationMs`: 20 %, from 2 to 5 s. */
export function baselineMs(durationMs: number): number {
  return Math.min(Math.max(durationMs * BASELINE_SHARE, BASELINE_MIN_MS), BASELINE_MAX_MS);
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
      const perSecond = strategy.clients * strategy.requestsPerSecond;
      const before = repeatable && strategy.baseline ? baselineMs(strategy.durationMs) : 0;
      const countIn = (ms: number) => Math.round((perSecond * ms) / 1_000);
      return {
        requests: countIn(before) + countIn(strategy.durationMs),
        durationMs: before + strategy.durationMs,
      };
    }
  }
}

/** Pre-flight and baseline are made where repeating the call cannot fail on its own traces. */
function mayRepeat({ call, context }: Item): boolean {
  if (context.preflight !== null) return context.preflight;
  return SAFE_METHODS.includes(call.method) || /\{\{(uuid|seq)\}\}/.test(call.body ?? '');
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
