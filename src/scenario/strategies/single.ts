import { defineStrategy } from '../strategy.ts';

export default defineStrategy({
  mode: 'single',
  countRequests: () => 1,
  periodBaseMs: () => null,
  async run(_strategy, deps) {
    await deps.turnFaultsOn(null);
    await deps.send({ phase: 'faulted', step: 0, count: 1, intervalMs: 0, connection: 'per-request' });
  },
});
