import { expect, test } from 'vitest';
import { openCollector } from '../../../src/scenario/run/collector.ts';
import type { RunProxy } from '../../../src/scenario/run/proxies.ts';
import type { Exchange } from '../../../src/types-run.ts';
import { exchange, sample } from '../fixtures.ts';
import { makeDeps } from '../target.ts';

function proxyWith(exchanges: readonly Exchange[], beside: readonly Exchange[] = []): RunProxy {
  let kept = { exchanges, beside, dropped: 0 };
  return {
    spec: { name: 'db', listenPort: 1, upstream: { protocol: 'psql', host: '127.0.0.1', port: 2 } },
    host: '127.0.0.1',
    port: 1,
    setProgram: async () => undefined,
    close: async () => undefined,
    async takeExchanges() {
      const taken = kept;
      kept = { exchanges: [], beside: [], dropped: 0 };
      return taken;
    },
  };
}

test('a fault that met an idle connection has acted, and is neither a call nor a failed one', async () => {
  const hit = { faultIndex: 0, type: 'refuse', flow: 'connection', atMs: 120 } as const;
  const idle = exchange({
    proxy: 'db',
    startedAtMs: 120,
    outcome: 'cut',
    continues: true,
    hits: [{ ...hit, delayMs: 0, bytes: 0, status: null }],
  });
  const asked = exchange({ proxy: 'db', startedAtMs: 110 });
  const proxy = proxyWith([asked, idle], [idle]);
  const collector = openCollector({
    itemKey: 'item',
    seed: 1,
    edge: null,
    dependencies: [proxy],
    acting: [proxy],
    clock: makeDeps().clock,
    appendSamples: async () => undefined,
  });
  collector.startPhase('faulted', 100);
  collector.addSamples([sample({ phase: 'faulted', sentMs: 5, dueMs: 5, latencyMs: 40 })]);
  const { acted, samples, dependencies, failedBeside } = await collector.finish();
  expect(acted).toEqual([asked, idle]);
  // In flight at that time was one request only, and yet it is none of its calls.
  expect(samples.map(({ dependencyExchanges }) => dependencyExchanges)).toEqual([[asked]]);
  expect(dependencies).toMatchObject([{ exchanges: 1, hits: 0, perRequest: 1 }]);
  expect(failedBeside).toBe(0);
});
