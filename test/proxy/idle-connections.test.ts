// What faults do to connections between exchanges: the ledger tells it, whether or not the answers before had been told.
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { emptyProgram } from '../../src/proxy/host.ts';
import { programOf } from './support/program.ts';
import { connectTo, openProxy, serveTcp } from './support/servers.ts';

/** A connection of a pool: it has had its answer, and nothing is asked on it now. */
async function openIdle() {
  const upstream = await serveTcp((socket) => socket.pipe(socket));
  const proxy = await openProxy(`tcp://127.0.0.1:${upstream}`);
  const client = connectTo(proxy.port);
  client.socket.write('one');
  await client.until((text) => text === 'one');
  return { proxy, client };
}

describe.each([true, false])('an idle connection whose answer has been told (%s)', (isTold) => {
  test.each([
    [{ type: 'reset' }, 'ECONNRESET'],
    [{ type: 'refuse' }, 'ECONNRESET'],
    [{ type: 'close' }, undefined],
    [{ type: 'fail_first', count: 1, fault: { type: 'refuse' } }, 'ECONNRESET'],
  ])('is in the ledger by itself when %j ends it', async (fault, code) => {
    const { proxy, client } = await openIdle();
    const before = isTold ? (await proxy.takeExchanges()).exchanges : [];
    const epochMs = systemClock.now();
    await proxy.setProgram(programOf([{ ...fault, period: 'start:30ms' }], { epochMs }));
    await client.ended;
    client.socket.destroy();
    await client.closed;
    expect(client.error()?.code).toBe(code);
    const [answered, idle, ...more] = [...before, ...(await proxy.takeExchanges()).exchanges];
    expect(more).toEqual([]);
    expect(answered).toMatchObject({ number: 0, outcome: 'complete', requestBytes: 3, hits: [] });
    expect(answered).not.toHaveProperty('continues');
    expect(idle).toMatchObject({
      number: 0,
      continues: true,
      outcome: 'cut',
      injectedMs: null,
      requestBytes: 0,
      responseBytes: 0,
      hits: [{ faultIndex: 0, type: fault.type, flow: 'connection' }],
    });
    // It happened when the period began, not when somebody looked.
    expect(idle?.startedAtMs).toBe(idle?.hits[0]?.atMs);
    expect(idle?.startedAtMs).toBeGreaterThanOrEqual(epochMs + 30);
    expect(await proxy.traffic()).toMatchObject({ hits: 1, exchanges: 1, openConnections: 0 });
  });
});

test('an idle connection that no fault meets, or that ends by itself, leaves no second record', async () => {
  const { proxy, client } = await openIdle();
  expect((await proxy.takeExchanges()).exchanges).toHaveLength(1);
  await proxy.setProgram(programOf([{ type: 'blackhole', direction: 'egress' }]));
  expect((await proxy.takeExchanges({ unfinished: true })).exchanges).toEqual([]);
  await proxy.setProgram(emptyProgram());
  client.socket.end();
  await client.ended;
  expect((await proxy.takeExchanges({ unfinished: true })).exchanges).toEqual([]);
});

test('an answer that goes on after it was told is told on, with what a fault did to the rest', async () => {
  let goOn: () => void = () => undefined;
  const upstream = await serveTcp((socket) => {
    socket.once('data', () => socket.write('first'));
    goOn = () => socket.write('second');
  });
  const proxy = await openProxy(`tcp://127.0.0.1:${upstream}`);
  const client = connectTo(proxy.port);
  client.socket.write('ask');
  await client.until((text) => text === 'first');
  expect((await proxy.takeExchanges()).exchanges).toMatchObject([
    { requestBytes: 3, responseBytes: 5, hits: [] },
  ]);
  await proxy.setProgram(programOf([{ type: 'latency', mean: 30, global: false }]));
  const askedAtMs = systemClock.now();
  goOn();
  await client.until((text) => text === 'firstsecond');
  const [rest, ...more] = (await proxy.takeExchanges()).exchanges;
  expect(more).toEqual([]);
  expect(rest).toMatchObject({ number: 0, continues: true, requestBytes: 0, responseBytes: 6 });
  expect(rest?.hits).toMatchObject([{ type: 'latency', flow: 'response', bytes: 6 }]);
  expect(rest?.hits[0]?.delayMs).toBeGreaterThanOrEqual(30);
  expect(rest?.startedAtMs).toBeGreaterThanOrEqual(askedAtMs);
  expect(await proxy.traffic()).toMatchObject({ hits: 1, exchanges: 1 });
});

test('what a fault held when it was told is not told again when it is let go', async () => {
  const { proxy, client } = await openIdle();
  await proxy.setProgram(programOf([{ type: 'blackhole', direction: 'egress' }]));
  client.socket.write('two');
  await expect.poll(async () => (await proxy.traffic()).hits, { interval: 5, timeout: 10_000 }).toBe(1);
  const { exchanges } = await proxy.takeExchanges({ unfinished: true });
  expect(exchanges.map(({ outcome, hits }) => [outcome, hits.length])).toEqual([
    ['complete', 0],
    ['unfinished', 1],
  ]);
  await proxy.setProgram(emptyProgram());
  await client.until((text) => text === 'onetwo');
  // The answer came after the record; the hit is known already.
  expect((await proxy.takeExchanges()).exchanges).toMatchObject([
    { continues: true, outcome: 'complete', requestBytes: 0, responseBytes: 3, hits: [] },
  ]);
  expect(await proxy.traffic()).toMatchObject({ hits: 1, exchanges: 2 });
});
