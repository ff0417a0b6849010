import { expect, test } from 'vitest';
import { LiveExchange, UNNAMED } from '../../src/proxy/exchange.ts';
import { Flow } from '../../src/proxy/flow.ts';
import { HeldBytes } from '../../src/proxy/held-bytes.ts';
import { type Parcel, parcelOf } from '../../src/proxy/parcel.ts';
import { type LiveProgram, startProgram } from '../../src/proxy/program.ts';
import { createFakeTimeline } from './support/fake-timeline.ts';
import { programOf } from './support/program.ts';

const exchangeOf = (number = 0, connection: object = {}) =>
  new LiveExchange({
    proxy: 'proxy',
    number,
    connectionNumber: 0,
    connection,
    client: {},
    startedAtMs: 0,
    naming: UNNAMED,
  });

const start = (faults: readonly object[], previous: LiveProgram | null = null) =>
  startProgram(programOf(faults, { epochMs: 0, durationMs: 10_000 }), previous);

/** A response flow on a fake timeline that notes when what left. */
function flowOf(faults: readonly object[], paused = { ms: 0 }) {
  const timeline = createFakeTimeline();
  const left: { text: string; atMs: number }[] = [];
  const bytes: Buffer[] = [];
  const acts: string[] = [];
  const program = start(faults);
  const flow = new Flow('response', program.stages.response, timeline, {
    pausedMs: () => paused.ms,
    deliver: ({ data, act, role }: Parcel) => {
      if (act !== null) acts.push(`${act.do} at ${timeline.now()}`);
      else left.push({ text: role === 'fin' ? 'FIN' : String(data), atMs: timeline.now() });
      if (data !== null) bytes.push(data);
    },
    answer: (_, act, lane) => acts.push(`${act.status} at ${timeline.now()} before lane ${lane}`),
  });
  const exchange = exchangeOf();
  return {
    timeline,
    flow,
    program,
    left,
    acts,
    bytes,
    exchange,
    push: (text: string, more: Partial<Parcel> = {}, of = exchange) =>
      flow.push(parcelOf(of, Buffer.from(text), timeline.now(), more)),
  };
}

test('without faults a piece leaves at once', () => {
  const { push, left, exchange } = flowOf([]);
  push('a');
  expect(left).toEqual([{ text: 'a', atMs: 0 }]);
  expect(exchange.record('complete').hits).toEqual([]);
});

test('what follows a delayed piece waits behind it, in order', () => {
  const { push, left, timeline } = flowOf([{ type: 'latency', mean: 100 }]);
  push('a');
  timeline.advanceTo(30);
  push('b');
  timeline.advanceTo(99);
  expect(left).toEqual([]);
  timeline.advanceTo(100);
  push('c');
  expect(left).toEqual([
    { text: 'a', atMs: 100 },
    { text: 'b', atMs: 100 },
    { text: 'c', atMs: 100 },
  ]);
});

test('stacked delays add up, however late the timer wakes', () => {
  const { push, left, timeline } = flowOf([
    { type: 'latency', mean: 100 },
    { type: 'latency', mean: 50 },
  ]);
  push('a');
  timeline.advanceTo(1_000, 7);
  expect(left).toEqual([{ text: 'a', atMs: 157 }]);
});

test('what waits behind another piece comes to the next fault with it, not before', () => {
  const { push, timeline, exchange } = flowOf([
    { type: 'latency', mean: 100 },
    { type: 'latency', mean: 50, global: false },
  ]);
  push('a');
  push('b');
  timeline.advanceTo(1_000);
  expect(exchange.record('complete').hits.map(({ delayMs }) => delayMs)).toEqual([100, 50]);
});

test('faults act in the order written', () => {
  const raw = [
    { type: 'latency', mean: 100 },
    { type: 'bandwidth', rate: 1_000, burst: 0 },
  ];
  const first = flowOf(raw);
  first.push('x'.repeat(100));
  first.timeline.advanceTo(1_000);
  expect(first.left.map(({ atMs }) => atMs)).toEqual([120, 140, 160, 180, 200]);
});

test('a period is felt by what arrives in it, on a connection that was open before', () => {
  const { push, left, timeline } = flowOf([
    { type: 'latency', mean: 100, global: false, period: 'start:1s,duration:1s' },
  ]);
  push('before');
  timeline.advanceTo(1_500);
  push('in');
  timeline.advanceTo(2_000);
  push('after');
  timeline.advanceTo(5_000);
  expect(left.map(({ atMs }) => atMs)).toEqual([0, 1_600, 2_000]);
});

test('the ledger says how long a piece was really held, and the last one is what was injected', () => {
  const { push, timeline, exchange } = flowOf([{ type: 'latency', mean: 100 }]);
  push('head', { kind: 'head' });
  timeline.advanceTo(60);
  push('body');
  timeline.advanceTo(500, 3);
  const record = exchange.record('complete');
  expect(record.hits).toMatchObject([{ type: 'latency', flow: 'response', delayMs: 103, bytes: 4, atMs: 0 }]);
  // The body arrived at 60 and left at 103.
  expect(record.injectedMs).toBe(43);
});

test('a delay that is over before the piece has come so far is a hit all the same', () => {
  const { flow, timeline, exchange } = flowOf([{ type: 'latency', mean: 5 }]);
  timeline.advanceTo(10);
  flow.push(parcelOf(exchange, Buffer.from('late'), 2));
  expect(exchange.record('complete')).toMatchObject({
    injectedMs: 8,
    hits: [{ type: 'latency', delayMs: 8 }],
  });
});

test('a pause of reading makes late the pieces of the fault at which most waits, and of no other', () => {
  const paused = { ms: 0 };
  const { push, timeline, exchange } = flowOf(
    [
      { type: 'latency', mean: 10 },
      { type: 'bandwidth', rate: 100, burst: 0 },
    ],
    paused,
  );
  for (const piece of ['one', 'two', 'six']) push(piece);
  timeline.advanceTo(20);
  paused.ms = 500;
  push('end');
  timeline.advanceTo(1_000);
  // Three bytes take 30 ms: the last piece came to the cap at 20 and left at 130.
  expect(exchange.record('complete').hits).toMatchObject([
    { type: 'latency', delayMs: 10 },
    { type: 'bandwidth', delayMs: 610 },
  ]);
});

test('a pause before the exchange is none of its own', () => {
  const paused = { ms: 300 };
  const { push, timeline, exchange } = flowOf([{ type: 'bandwidth', rate: 100, burst: 0 }], paused);
  push('one');
  timeline.advanceTo(1_000);
  expect(exchange.record('complete').hits).toMatchObject([{ type: 'bandwidth', delayMs: 30 }]);
});

test('what is still held has no delay, and an exchange without an end nothing injected', () => {
  const { push, exchange } = flowOf([{ type: 'blackhole' }]);
  push('a');
  expect(exchange.record('client_gone')).toMatchObject({
    injectedMs: null,
    hits: [{ type: 'blackhole', delayMs: null }],
  });
});

test('a fault that is gone lets go of what it holds at once, in order', () => {
  const { push, flow, left, timeline, program } = flowOf([{ type: 'blackhole' }]);
  push('a');
  push('b');
  timeline.advanceTo(70);
  flow.replan(start([], program).stages.response);
  push('c');
  expect(left).toEqual([
    { text: 'a', atMs: 70 },
    { text: 'b', atMs: 70 },
    { text: 'c', atMs: 70 },
  ]);
});

test('a fault that stays goes on holding when another one goes', () => {
  const latency = { type: 'latency', mean: 100 };
  const { push, flow, left, timeline, program } = flowOf([latency, { type: 'blackhole' }]);
  push('a');
  timeline.advanceTo(50);
  flow.replan(start([latency], program).stages.response);
  expect(left).toEqual([]);
  timeline.advanceTo(200);
  expect(left).toEqual([{ text: 'a', atMs: 100 }]);
});

test('an answer takes the place of the head and of all that follows', () => {
  const { push, left, acts, exchange } = flowOf([{ type: 'httperror', phase: 'response', status_code: 503 }]);
  push('head', { kind: 'head' });
  exchange.drop('response');
  push('body');
  push('own', { own: true });
  expect(acts).toEqual(['503 at 0 before lane 1']);
  expect(left).toEqual([{ text: 'own', atMs: 0 }]);
  expect(exchange.record('injected').hits).toMatchObject([{ type: 'httperror', status: 503, delayMs: 0 }]);
});

test('a reset comes after the bytes before it', () => {
  const { push, left, acts, timeline } = flowOf([
    { type: 'reset', after_bytes: 3 },
    { type: 'latency', mean: 10 },
  ]);
  push('abcdef');
  timeline.advanceTo(100);
  expect(left).toEqual([{ text: 'abc', atMs: 10 }]);
  expect(acts).toEqual(['reset at 10']);
});

test('a probability is drawn once for each exchange, by its number and not by its place', () => {
  const raw = [{ type: 'latency', mean: 10, global: false, probability: 0.5 }];
  const chosen = (numbers: readonly number[]) => {
    const { push, timeline } = flowOf(raw);
    return numbers.map((number) => {
      const exchange = exchangeOf(number);
      push('a', {}, exchange);
      timeline.advanceTo(timeline.now() + 100);
      push('b', {}, exchange);
      timeline.advanceTo(timeline.now() + 100);
      const [hit] = exchange.record('complete').hits;
      return hit?.bytes ?? 0;
    });
  };
  const forwards = chosen([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(forwards).toEqual(chosen([7, 6, 5, 4, 3, 2, 1, 0]).reverse());
  // Both chunks of an exchange, or none.
  expect(new Set(forwards)).toEqual(new Set([0, 2]));
});

test('when a proxy holds very much, each of its flows holds little', () => {
  const held = new HeldBytes();
  const open = () =>
    new Flow(
      'response',
      start([{ type: 'latency' }]).stages.response,
      createFakeTimeline(),
      { deliver: () => undefined, answer: () => undefined, pausedMs: () => 0 },
      held,
    );
  const [one, other] = [open(), open()];
  const wide = other.readAheadBytes;
  one.push(parcelOf(exchangeOf(), Buffer.alloc(257 * 1024 * 1024), 0));
  expect(other.readAheadBytes).toBeLessThan(wide);
  one.close();
  expect(other.readAheadBytes).toBe(wide);
});

test('what comes behind a cut in the same piece is held by nobody', () => {
  const held = new HeldBytes();
  const program = start([
    { type: 'slow_body', chunk_bytes: 10, interval: 100 },
    { type: 'reset', after_bytes: 5 },
  ]);
  const flow: Flow = new Flow(
    'response',
    program.stages.response,
    createFakeTimeline(),
    { deliver: ({ act }) => act !== null && flow.close(), answer: () => undefined, pausedMs: () => 0 },
    held,
  );
  flow.push(parcelOf(exchangeOf(), Buffer.alloc(1_000), 0));
  expect([flow.isEmpty, flow.heldBytes]).toEqual([true, 0]);
});

test('a connection that ends gives back the tokens for what never left', () => {
  const program = start([{ type: 'bandwidth', rate: 1_000, burst: 0 }]);
  const timeline = createFakeTimeline();
  const left: number[] = [];
  const open = () =>
    new Flow('response', program.stages.response, timeline, {
      deliver: () => left.push(timeline.now()),
      answer: () => undefined,
      pausedMs: () => 0,
    });
  const [gone, other] = [open(), open()];
  gone.push(parcelOf(exchangeOf(0), Buffer.alloc(64_000), 0));
  timeline.advanceTo(1_000);
  gone.close();
  left.length = 0;
  other.push(parcelOf(exchangeOf(1), Buffer.alloc(10), 1_000));
  timeline.advanceTo(100_000);
  expect(left).toEqual([1_010]);
});
