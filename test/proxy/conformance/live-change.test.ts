// Random chunkings, faults and times of change on several real connections at a time, while bytes flow both ways.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { OpenProxy } from '../../../src/proxy/host.ts';
import { programOf } from '../support/program.ts';
import { connectTo, openProxy, serveTcp } from '../support/servers.ts';

const CLIENTS = 3;
const both = { direction: 'both' };

/** Faults that delay and let everything pass in the end, also while they stand. */
const delaying = fc.constantFrom<object>(
  { type: 'latency', mean: 3, stddev: 2, global: false, ...both },
  { type: 'latency', min: 0, max: 8, probability: 0.5, ...both },
  { type: 'bandwidth', rate: 2, unit: 'MBps', ...both },
  { type: 'bandwidth', rate: 1, unit: 'MBps', per_connection: true, burst: 0 },
  { type: 'jitter', amplitude: 5, frequency: 200, ...both },
  { type: 'packetloss', rate: 0.05, rtt: 2, rto_min: 3, ...both },
  { type: 'packetloss', rate: 0.05, rtt: 2, rto_min: 3, model: 'gilbert-elliott', burst_length: 3 },
  { type: 'slow_body', chunk_bytes: 700, interval: 0.5, variation: 300, ...both },
  { type: 'slow_close', delay: 6, ...both },
  { type: 'fail_first', count: 2, fault: { type: 'latency', mean: 5, direction: 'both' } },
);
/** Those that hold everything until they are taken away. */
const holding = fc.constantFrom<object>(
  { type: 'blackhole', ...both },
  { type: 'blackhole', after: 'dead', ...both },
  { type: 'latency', mean: 60_000, direction: 'egress' },
);
/** Those that end connections. */
const cutting = fc.constantFrom<object>(
  { type: 'reset', after_bytes: 5_000, ...both },
  { type: 'reset', after_ms: 4, probability: 0.5 },
  { type: 'close', after_bytes: 9_000, delay: 2 },
  { type: 'refuse', probability: 0.5 },
  { type: 'fail_first', count: 1, per: 'connection', fault: { type: 'close', after_bytes: 1 } },
);

/** What is written or set, and ms until the next. */
const spaced = <Thing>(thing: fc.Arbitrary<Thing>) => fc.record({ thing, waitMs: fc.nat(6) });
type Spaced<Thing> = { readonly thing: Thing; readonly waitMs: number };

const chunks = fc.array(spaced(fc.uint8Array({ minLength: 1, maxLength: 20_000 })), {
  minLength: 1,
  maxLength: 6,
});
const writes = fc.array(chunks, { minLength: CLIENTS, maxLength: CLIENTS });
const changesOf = (fault: fc.Arbitrary<object>) =>
  fc.array(spaced(fc.array(fault, { maxLength: 3 })), { maxLength: 6 });

/** An upstream that gives back what it gets, connection by connection in the order in which they came. */
async function openEcho() {
  const received: Buffer[][] = [];
  const port = await serveTcp((socket) => {
    const mine: Buffer[] = [];
    received.push(mine);
    socket.on('data', (chunk) => mine.push(chunk)).pipe(socket);
  });
  return { port, received: () => received.splice(0).map((each) => Buffer.concat(each)) };
}

/** Writes all chunks of all clients while the faults change beside it, then ends. */
async function flow(
  proxy: OpenProxy,
  plan: readonly (readonly Spaced<Uint8Array>[])[],
  changes: readonly Spaced<object[]>[],
) {
  const clients = plan.map(() => connectTo(proxy.port));
  // One item, so that exchanges are counted on through all changes.
  const epochMs = systemClock.now();
  const each = async <Thing>(all: readonly Spaced<Thing>[], act: (thing: Thing) => unknown) => {
    for (const { thing, waitMs } of all) {
      await act(thing);
      await systemClock.sleepUntil(systemClock.now() + waitMs);
    }
  };
  await Promise.all([
    each(changes, (faults) => proxy.setProgram(programOf(faults, { epochMs }))),
    ...clients.map(({ socket }, index) =>
      each(plan[index] ?? [], (chunk) => socket.writable && socket.write(chunk)),
    ),
  ]);
  // A client that has ended waits for nothing that is held for ever: it would be taken for one that has gone.
  for (const { socket } of clients) socket.end();
  return clients;
}

test('faults that delay or hold, changed while bytes flow, lose, double and reorder none of any connection', async () => {
  const echo = await openEcho();
  const proxy = await openProxy(`tcp://127.0.0.1:${echo.port}`);
  await fc.assert(
    fc.asyncProperty(
      writes,
      changesOf(fc.oneof(delaying, holding)),
      fc.array(delaying, { maxLength: 2 }),
      async (plan, changes, last) => {
        echo.received();
        const sent = plan.map((each) => Buffer.concat(each.map(({ thing }) => thing)));
        const clients = await flow(proxy, plan, [...changes, { thing: last, waitMs: 0 }]);
        // The faults that came last still stand: what ends here ends under them.
        for (const [index, client] of clients.entries()) {
          await client.ended;
          expect(client.error()).toBeNull();
          expect(client.bytes().equals(sent[index] ?? Buffer.alloc(0))).toBe(true);
        }
        expect(
          echo
            .received()
            .map((each) => each.toString('hex'))
            .toSorted(),
        ).toEqual(sent.map((each) => each.toString('hex')).toSorted());
      },
    ),
    { numRuns: 60 },
  );
});

test('under faults that cut, both sides see a prefix of what was sent, every connection ends, and the next is whole', async () => {
  const echo = await openEcho();
  const proxy = await openProxy(`tcp://127.0.0.1:${echo.port}`);
  let cut = 0;
  await fc.assert(
    fc.asyncProperty(writes, changesOf(fc.oneof(delaying, cutting)), async (plan, changes) => {
      echo.received();
      const sent = plan.map((each) => Buffer.concat(each.map(({ thing }) => thing)));
      const clients = await flow(proxy, plan, [...changes, { thing: [], waitMs: 0 }]);
      for (const [index, client] of clients.entries()) {
        await client.ended;
        const came = client.bytes();
        const whole = sent[index] ?? Buffer.alloc(0);
        expect(whole.subarray(0, came.length).equals(came)).toBe(true);
        client.socket.destroy();
      }
      await expect
        .poll(async () => (await proxy.traffic()).openConnections, { interval: 1, timeout: 20_000 })
        .toBe(0);
      for (const came of echo.received()) {
        expect(sent.some((whole) => whole.subarray(0, came.length).equals(came))).toBe(true);
      }
      const { exchanges } = await proxy.takeExchanges();
      const outcomes = exchanges.map(({ outcome }) => outcome);
      cut += outcomes.filter((outcome) => outcome === 'cut').length;
      // Each exchange is told once, and what was cut says by what.
      const whole = exchanges.filter(({ continues }) => !continues);
      expect(new Set(whole.map(({ connection, number }) => `${connection} ${number}`)).size).toBe(
        whole.length,
      );
      const next = connectTo(proxy.port);
      next.socket.end('next');
      await next.ended;
      expect(next.text()).toBe('next');
    }),
    { numRuns: 60, seed: 5 },
  );
  expect(cut).toBeGreaterThan(10);
});
