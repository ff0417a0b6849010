// What each fault does to ten bytes that an upstream answers, over real sockets, on a timeline that the test moves:
// each number is exact.
import { expect, onTestFinished, test } from 'vitest';
import { FaultProxy } from '../../../src/proxy/fault-proxy.ts';
import { createFakeTimeline } from '../support/fake-timeline.ts';
import { programOf, specOf } from '../support/program.ts';
import { connectTo, serveTcp } from '../support/servers.ts';
import { until } from '../support/unreachable-upstream.ts';

const ANSWER = '0123456789';
/** TCP gives up after 15 repeats: 200 ms, doubled up to 120 s. */
const GAVE_UP_MS = 200 * (2 ** 10 - 1) + 6 * 120_000;

/** A connection whose question has been answered as far as the proxy, at 0 ms. */
async function ask(faults: readonly object[], endsAfterwards = false) {
  const upstream = await serveTcp((socket) => {
    socket.on('data', () => (endsAfterwards ? socket.end(ANSWER) : socket.write(ANSWER)));
  });
  const timeline = createFakeTimeline();
  const proxy = new FaultProxy(
    specOf(`tcp://127.0.0.1:${upstream}`),
    programOf(faults, { epochMs: 0 }),
    timeline,
  );
  const port = await proxy.open(0);
  onTestFinished(async () => void (await proxy.close()));
  const client = connectTo(port);
  let asked = 0;
  const askAgain = async () => {
    asked += 1;
    client.socket.write('?');
    await until(() => proxy.traffic().responseBytes === asked * ANSWER.length);
  };
  await askAgain();
  const sentAt = (ms: number) => {
    timeline.advanceTo(ms);
    return proxy.traffic().responseSentBytes;
  };
  const hits = async () => (await proxy.take(true)).exchanges.map((exchange) => exchange.hits);
  return { proxy, client, timeline, askAgain, sentAt, hits };
}

test.each<[object, [number, number][]]>([
  [
    { type: 'latency', mean: 250 },
    [
      [249, 0],
      [250, 10],
    ],
  ],
  [
    { type: 'latency', min: 40, max: 40, global: false },
    [
      [39, 0],
      [40, 10],
    ],
  ],
  [
    { type: 'latency', distribution: 'pareto', shape: 1e9, scale: 70 },
    [
      [69, 0],
      [71, 10],
    ],
  ],
  // 200 B/s: slices of 20 ms.
  [
    { type: 'bandwidth', rate: 200, burst: 0 },
    [
      [19, 0],
      [20, 4],
      [39, 4],
      [40, 8],
      [49, 8],
      [50, 10],
    ],
  ],
  [
    { type: 'bandwidth', rate: 200, burst: 8 },
    [
      [0, 8],
      [9, 8],
      [10, 10],
    ],
  ],
  [
    { type: 'slow_body', chunk_bytes: 4, interval: 100 },
    [
      [0, 4],
      [99, 4],
      [100, 8],
      [199, 8],
      [200, 10],
    ],
  ],
  // Sent at 0, repeated at 200 and, since the period was not over, at 600.
  [
    { type: 'blackhole', period: 'start:0,duration:300ms' },
    [
      [599, 0],
      [600, 10],
    ],
  ],
  [
    { type: 'blackhole', period: 'start:0,duration:200ms' },
    [
      [199, 0],
      [200, 10],
    ],
  ],
  [{ type: 'blackhole', after: 'dead', period: 'start:0,duration:300ms' }, [[1e7, 0]]],
  [{ type: 'packetloss', rate: 0 }, [[0, 10]]],
  [{ type: 'packetloss', rate: 1 }, [[GAVE_UP_MS - 1, 0]]],
  [
    { type: 'fail_first', count: 1, fault: { type: 'latency', mean: 90 } },
    [
      [89, 0],
      [90, 10],
    ],
  ],
  [{ type: 'latency', mean: 90, probability: 0 }, [[0, 10]]],
  [{ type: 'latency', mean: 90, period: 'start:1ms' }, [[0, 10]]],
])('%j sends by then so many bytes', async (fault, steps) => {
  const { sentAt, client, proxy } = await ask([fault]);
  expect(steps.map(([ms]) => [ms, sentAt(ms)])).toEqual(steps);
  const sent = steps.at(-1)?.[1] ?? 0;
  await client.until((text) => text === ANSWER.slice(0, sent));
  expect(proxy.traffic().openConnections).toBe(1);
});

test('stacked faults add up in the order written', async () => {
  const { sentAt, hits } = await ask([
    { type: 'latency', mean: 100 },
    { type: 'bandwidth', rate: 200, burst: 0 },
  ]);
  expect([119, 120, 140, 149, 150].map(sentAt)).toEqual([0, 4, 8, 8, 10]);
  expect((await hits()).flat().map(({ type, atMs, delayMs }) => [type, atMs, delayMs])).toEqual([
    ['latency', 0, 100],
    ['bandwidth', 100, 50],
  ]);
});

test('jitter delays one exchange in each slot, by up to its amplitude', async () => {
  const { askAgain, sentAt, hits } = await ask([{ type: 'jitter', amplitude: 30, frequency: 1 }]);
  expect(sentAt(0)).toBe(0);
  expect(sentAt(30)).toBe(10);
  await askAgain();
  expect(sentAt(30)).toBe(20);
  sentAt(1_000);
  await askAgain();
  expect([sentAt(1_000), sentAt(1_030)]).toEqual([20, 30]);
  const delays = (await hits()).map((some) => some.map(({ delayMs }) => delayMs));
  expect(delays).toEqual([[expect.any(Number)], [], [expect.any(Number)]]);
});

test('a lost segment stalls its answer for one timeout, or for several that double', async () => {
  const { askAgain, sentAt, hits, timeline } = await ask([{ type: 'packetloss', rate: 0.5 }]);
  for (let asked = 1; asked < 40; asked += 1) {
    sentAt(timeline.now() + 1e6);
    await askAgain();
  }
  sentAt(timeline.now() + 1e6);
  const stalls = (await hits()).flat().map(({ delayMs }) => delayMs);
  const possible = Array.from({ length: 9 }, (_, repeats) => 200 * (2 ** (repeats + 1) - 1));
  for (const stall of stalls) expect(possible).toContain(stall);
  // About half of the forty, and of those about half more than once.
  expect(stalls.length).toBeGreaterThan(10);
  expect(stalls.length).toBeLessThan(30);
  expect(stalls.filter((stall) => stall !== 200).length).toBeGreaterThan(3);
});

test('where every segment is lost the connection ends as TCP would give it up, with no byte', async () => {
  const { sentAt, client, proxy, timeline } = await ask([{ type: 'packetloss', rate: 1 }]);
  expect(sentAt(GAVE_UP_MS - 1)).toBe(0);
  expect(proxy.traffic().openConnections).toBe(1);
  timeline.advanceTo(GAVE_UP_MS);
  expect(proxy.traffic().openConnections).toBe(0);
  await client.closed;
  expect([client.error()?.code, client.text()]).toEqual(['ECONNRESET', '']);
});

test.each([
  [{ type: 'reset', after_bytes: 4 }, 0, '0123', 'ECONNRESET'],
  [{ type: 'reset', after_ms: 80 }, 80, ANSWER, 'ECONNRESET'],
  [{ type: 'close', after_bytes: 4 }, 0, '0123', undefined],
  [{ type: 'close', after_bytes: 4, delay: 500 }, 500, '0123', undefined],
  [{ type: 'close', after_ms: 80 }, 80, ANSWER, undefined],
  [{ type: 'refuse', period: 'start:80ms' }, 80, ANSWER, 'ECONNRESET'],
])('%j ends the connection at %i ms, after %j', async (fault, atMs, text, code) => {
  const { client, timeline } = await ask([fault]);
  timeline.advanceTo(Math.max(0, atMs - 1));
  await client.until((came) => came === text);
  if (atMs > 0) expect(client.socket.readableEnded || client.socket.closed).toBe(false);
  // A reset leaves its last bytes 3 ms; who was closed in order has 2 s to take note.
  timeline.advanceTo(atMs + 3);
  await client.ended;
  client.socket.destroy();
  await client.closed;
  expect([client.text(), client.error()?.code]).toEqual([text, code]);
});

test('slow_close lets the bytes pass, and the end of the stream after its delay', async () => {
  const { sentAt, client, timeline, hits } = await ask([{ type: 'slow_close', delay: 500 }], true);
  expect(sentAt(0)).toBe(10);
  await client.until((text) => text === ANSWER);
  timeline.advanceTo(499);
  expect(client.socket.readableEnded).toBe(false);
  // The end may have come to the proxy by now, or later: it waits from then on.
  timeline.advanceTo(499);
  let movedMs = 499;
  let ended = false;
  void client.ended.then(() => {
    ended = true;
  });
  await until(() => {
    movedMs += 1;
    timeline.advanceTo(movedMs);
    return ended;
  });
  expect((await hits()).flat()).toMatchObject([{ type: 'slow_close', delayMs: 500, bytes: 0 }]);
});
