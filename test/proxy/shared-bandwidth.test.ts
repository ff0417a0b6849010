// Connections that come, send and go away at random behind one bandwidth, on a timeline that the test moves.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LiveExchange, UNNAMED } from '../../src/proxy/exchange.ts';
import { Flow } from '../../src/proxy/flow.ts';
import { parcelOf } from '../../src/proxy/parcel.ts';
import { startProgram } from '../../src/proxy/program.ts';
import { createFakeTimeline } from './support/fake-timeline.ts';
import { programOf } from './support/program.ts';

const SLOTS = 4;
const BYTES_PER_MS = 100;
const SLICE_MS = 20;
const BURST_MS = 10;
const EPSILON = 1e-6;

type Step =
  | { readonly slot: number; readonly bytes: number }
  | { readonly gone: number }
  | { readonly waitMs: number };

const slot = fc.nat(SLOTS - 1);
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ slot, bytes: fc.integer({ min: 1, max: 12_000 }) }) },
    { weight: 2, arbitrary: fc.record({ gone: slot }) },
    { weight: 3, arbitrary: fc.record({ waitMs: fc.nat(60) }) },
  ) as fc.Arbitrary<Step>,
  { minLength: 5, maxLength: 60 },
);

/** Plays the steps to the end, and notes what left when, and when something waited. */
function play(plan: readonly Step[]) {
  const timeline = createFakeTimeline();
  const { stages } = startProgram(
    programOf([{ type: 'bandwidth', rate: 100, unit: 'KBps' }], { epochMs: 0 }),
    null,
  );
  const left: { readonly atMs: number; readonly bytes: number; readonly connection: object }[] = [];
  const open = () => {
    const connection = {};
    const exchange = new LiveExchange({
      naming: UNNAMED,
      proxy: 'proxy',
      number: 0,
      connectionNumber: 0,
      connection,
      client: {},
      startedAtMs: 0,
    });
    const flow = new Flow('response', stages.response, timeline, {
      pausedMs: () => 0,
      answer: () => undefined,
      deliver: ({ data }) => left.push({ atMs: timeline.now(), bytes: data?.length ?? 0, connection }),
    });
    return { flow, exchange, connection, sent: 0 };
  };
  const slots = Array.from({ length: SLOTS }, open);
  const survivors = () => slots.filter(({ sent }) => sent > 0);
  const isBusy = () => slots.some(({ flow }) => !flow.isEmpty);
  /** Times at which waiting begins, and ends. */
  const busy: [number, number][] = [];
  const note = () => {
    const last = busy.at(-1);
    const nowMs = timeline.now();
    if (last !== undefined && last[1] === Number.POSITIVE_INFINITY) {
      if (!isBusy()) last[1] = nowMs;
    } else if (isBusy()) busy.push([nowMs, Number.POSITIVE_INFINITY]);
  };
  const wait = (ms: number) => {
    // One ms at a time, so that the end of waiting is seen.
    for (let passed = 0; passed < ms; passed += 1) {
      timeline.advanceTo(timeline.now() + 1);
      note();
    }
  };
  for (const step of plan) {
    if ('waitMs' in step) wait(step.waitMs);
    else if ('gone' in step) {
      slots[step.gone]?.flow.close();
      slots[step.gone] = open();
    } else {
      const used = slots[step.slot];
      if (used === undefined) continue;
      used.sent += step.bytes;
      used.flow.push(parcelOf(used.exchange, Buffer.alloc(step.bytes), timeline.now()));
    }
    note();
  }
  while (isBusy()) wait(1);
  return { left, busy, survivors: survivors() };
}

test('a shared bandwidth is used up to its rate and never above it, whoever goes away', () => {
  let moments = 0;
  fc.assert(
    fc.property(steps, (plan) => {
      const { left, busy, survivors } = play(plan);
      const between = (fromMs: number, toMs: number) =>
        left.reduce(
          (sum, { atMs, bytes }) => (atMs > fromMs - EPSILON && atMs <= toMs + EPSILON ? sum + bytes : sum),
          0,
        );
      // Never above the rate: any two departures, with what the burst and one slice allow.
      for (const [index, first] of left.entries()) {
        for (const last of left.slice(index)) {
          const allowed = (last.atMs - first.atMs + BURST_MS + SLICE_MS) * BYTES_PER_MS;
          expect(between(first.atMs, last.atMs)).toBeLessThanOrEqual(allowed + EPSILON);
        }
      }
      // Never idle while somebody waits: what a slice and the step of this test leave open.
      for (const [fromMs, toMs] of busy) {
        if (toMs - fromMs < 100) continue;
        moments += 1;
        expect(between(fromMs, toMs)).toBeGreaterThanOrEqual(
          (toMs - fromMs - SLICE_MS - BURST_MS - 1) * BYTES_PER_MS,
        );
      }
      for (const { connection, sent } of survivors) {
        const came = left.filter((each) => each.connection === connection);
        expect(came.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(sent);
      }
    }),
    { numRuns: 150, seed: 3 },
  );
  expect(moments).toBeGreaterThan(100);
});
