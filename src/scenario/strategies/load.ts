import { baselineMs } from '../estimate.ts';
import { defineStrategy, type StrategyOf } from '../strategy.ts';

/** Open model: requests leave at times fixed beforehand, whether or not earlier ones have come back. */
export default defineStrategy({
  mode: 'load',
  countRequests: (load) => countArrivals(load, load.durationMs),
  periodBaseMs: ({ durationMs }) => durationMs,
  async run(load, deps) {
    const intervalMs = 1_000 / ratePerSecond(load);
    const { connection } = load;
    if (hasBaseline(load, deps.repeatable)) {
      const count = countArrivals(load, baselineMs(load.durationMs));
      await deps.send({ phase: 'baseline', step: 0, count, intervalMs, connection });
    }
    if (deps.signal.aborted) return;
    await deps.turnFaultsOn(null);
    const count = countArrivals(load, load.durationMs);
    await deps.send({ phase: 'faulted', step: 0, count, intervalMs, connection });
  },
});

function ratePerSecond({ clients, requestsPerSecond }: StrategyOf<'load'>): number {
  return clients * requestsPerSecond;
}

function countArrivals(load: StrategyOf<'load'>, ms: number): number {
  return Math.max(1, Math.round((ratePerSecond(load) * ms) / 1_000));
}

function hasBaseline({ baseline }: StrategyOf<'load'>, repeatable: boolean): boolean {
  return baseline && repeatable;
}
