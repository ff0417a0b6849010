import { defineStrategy } from '../strategy.ts';

const CALL = { count: 1, intervalMs: 0, connection: 'per-request' } as const;

export default defineStrategy({
  mode: 'repeat',
  countRequests: ({ count }) => count,
  periodBaseMs: () => null,
  async run({ step, stepField, count, waitMs, failFast, addBaselineCall }, deps) {
    if (addBaselineCall) {
      await deps.send({ ...CALL, phase: 'baseline', step: 0 });
      if (waitMs > 0) await deps.pause(waitMs);
    }
    for (let call = 0; call < count && !deps.signal.aborted; call += 1) {
      if (call > 0 && waitMs > 0) await deps.pause(waitMs);
      await deps.turnFaultsOn({ field: stepField, by: call * step });
      const samples = await deps.send({ ...CALL, phase: 'faulted', step: call });
      if (failFast && !samples.every(deps.meets)) return;
    }
  },
});
