import { expect, test } from 'vitest';
import type { Clock } from '../../../src/clock.ts';
import type { RunProxy } from '../../../src/scenario/run/proxies.ts';
import { shareProxy } from '../../../src/scenario/run/shared-proxy.ts';
import type { Exchange } from '../../../src/types-run.ts';
import { exchange } from '../fixtures.ts';
import { makeDeps } from '../target.ts';

/** A proxy that hands out each record once, and the clock of those who look at it. */
function shared() {
  const at = { ms: 0 };
  const clock: Clock = { ...makeDeps().clock, now: () => at.ms };
  let kept: Exchange[] = [];
  const asked: boolean[] = [];
  const proxy: RunProxy = {
    spec: {
      name: 'payments',
      listenPort: 1,
      upstream: { protocol: 'http', host: '127.0.0.1', port: 2 },
    },
    host: '127.0.0.1',
    port: 1,
    setProgram: async () => undefined,
    close: async () => undefined,
    async takeExchanges({ unfinished = false } = {}) {
      asked.push(unfinished);
      const exchanges = kept;
      kept = [];
      return { exchanges, dropped: 0 };
    },
  };
  const happen = (startedAtMs: number) => {
    kept = [...kept, exchange({ startedAtMs })];
  };
  return { share: shareProxy(proxy, clock), at, happen, asked };
}

const take = async (view: RunProxy, unfinished = false) => {
  const { exchanges, beside } = await view.takeExchanges({ unfinished });
  return [exchanges, beside ?? []].map((some) => some.map(({ startedAtMs }) => startedAtMs));
};

test('what happens while one item runs alone is its own', async () => {
  const { share, happen } = shared();
  const { proxy } = share.join();
  happen(5);
  expect(await take(proxy)).toEqual([[5], []]);
  expect(await take(proxy)).toEqual([[], []]);
});

test('what happens while two items run is shown to both as nobody’s', async () => {
  const { share, happen } = shared();
  const [one, other] = [share.join(), share.join()];
  happen(5);
  expect(await take(one.proxy)).toEqual([[], [5]]);
  expect(await take(other.proxy)).toEqual([[], [5]]);
});

test('what happened before an item began is not shown to it, and stays the other’s own', async () => {
  const { share, happen, at } = shared();
  const one = share.join();
  happen(5);
  at.ms = 10;
  const other = share.join();
  expect(await take(other.proxy)).toEqual([[], []]);
  expect(await take(one.proxy)).toEqual([[5], []]);
});

test('what an item left behind is not put down to the one that goes on', async () => {
  const { share, happen, at } = shared();
  const [one, other] = [share.join(), share.join()];
  happen(5);
  at.ms = 10;
  one.leave();
  happen(15);
  expect(await take(other.proxy)).toEqual([[15], [5]]);
});

test('what is still under way is asked for by the only item, not while another runs', async () => {
  const { share, asked } = shared();
  const one = share.join();
  await take(one.proxy, true);
  share.join();
  await take(one.proxy, true);
  expect(asked).toEqual([true, false]);
});
