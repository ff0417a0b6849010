// Random chunkings, faults, periods and times of change, on both flows of one connection and a timeline that the
// test moves.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LiveExchange, UNNAMED } from '../../src/proxy/exchange.ts';
import type { ByteFlow } from '../../src/proxy/fault.ts';
import { Flow } from '../../src/proxy/flow.ts';
import { type Parcel, parcelOf } from '../../src/proxy/parcel.ts';
import { type LiveProgram, startProgram } from '../../src/proxy/program.ts';
import { createFakeTimeline } from './support/fake-timeline.ts';
import { programOf } from './support/program.ts';
import { cutting, harmless, type Step, stepsOf } from './support/random-faults.ts';

const FLOWS: readonly ByteFlow[] = ['request', 'response'];
/** More than the slowest of the faults drawn, stacked, need for all bytes: what is held after it is held for ever. */
const BOUND_MS = 3_600_000;
const OWN = 'OWN';

interface Piece {
  readonly exchange: number;
  readonly bytes: Buffer;
}

const start = (faults: readonly object[], previous: LiveProgram | null) =>
  startProgram(programOf(faults, { epochMs: 0, durationMs: 10_000 }), previous);

/** Plays `steps` to the end; a connection that is cut ends both of its flows, as a connection does. */
function play(faults: readonly object[], steps: readonly Step[], lateMs: number) {
  const timeline = createFakeTimeline();
  let live = start(faults, null);
  let cut = false;
  const sent: Record<ByteFlow, Piece[]> = { request: [], response: [] };
  const came: Record<ByteFlow, (Piece & { readonly atMs: number })[]> = { request: [], response: [] };
  const ends: ByteFlow[] = [];
  const answered = new Set<number>();
  const connection = {};
  const exchanges: LiveExchange[] = [];
  const begin = () => {
    const exchange = new LiveExchange({
      proxy: 'proxy',
      number: exchanges.length,
      connectionNumber: 0,
      connection,
      client: {},
      startedAtMs: timeline.now(),
      naming: UNNAMED,
    });
    exchanges.push(exchange);
    return exchange;
  };
  const open = (name: ByteFlow): Flow => {
    const flow: Flow = new Flow(name, live.stages[name], timeline, {
      pausedMs: () => 0,
      deliver({ act, role, data, exchange }: Parcel) {
        if (act !== null) {
          cut = true;
          for (const each of FLOWS) flows[each].close();
        } else if (role === 'fin') ends.push(name);
        else if (data !== null) {
          came[name].push({ exchange: exchanges.indexOf(exchange), bytes: data, atMs: timeline.now() });
        }
      },
      answer({ exchange }, _, lane) {
        answered.add(exchanges.indexOf(exchange));
        exchange.drop(name);
        flow.push(parcelOf(exchange, Buffer.from(OWN), timeline.now(), { own: true, last: true }), lane);
      },
    });
    return flow;
  };
  const flows: Record<ByteFlow, Flow> = { request: open('request'), response: open('response') };
  let exchange = begin();
  let counted = 0;
  const heads = new Set<string>();
  for (const step of steps) {
    if ('chunk' in step) {
      const data = Buffer.from(Array.from({ length: step.chunk }, (_, index) => (counted + index) % 251));
      counted += step.chunk;
      const key = `${step.flow} ${exchanges.length}`;
      const kind = heads.has(key) ? 'body' : 'head';
      heads.add(key);
      sent[step.flow].push({ exchange: exchanges.length - 1, bytes: data });
      flows[step.flow].push(parcelOf(exchange, data, timeline.now(), { kind }));
    } else if ('wait' in step) timeline.advanceTo(timeline.now() + step.wait, lateMs);
    else if ('next' in step) exchange = begin();
    else {
      live = start(step.faults, live);
      for (const each of FLOWS) flows[each].replan(live.stages[each]);
    }
  }
  for (const each of FLOWS) {
    flows[each].push(parcelOf(exchange, null, timeline.now(), { kind: 'end', role: 'fin' }));
  }
  timeline.advanceTo(timeline.now() + BOUND_MS, lateMs);
  const ledger = exchanges.map((each) => each.record(cut ? 'cut' : 'complete'));
  return { sent, came, ends, cut, answered, flows, ledger };
}

const bytesOf = (pieces: readonly Piece[]) => Buffer.concat(pieces.map(({ bytes }) => bytes));
const isPrefix = (part: Buffer, whole: Buffer) => whole.subarray(0, part.length).equals(part);

test('faults that only delay never lose, double or reorder a byte of either flow, and never deadlock', () => {
  fc.assert(
    fc.property(
      fc.array(harmless, { maxLength: 4 }),
      stepsOf(harmless),
      fc.nat(5),
      (faults, steps, lateMs) => {
        const { sent, came, ends, cut, flows } = play(faults, steps, lateMs);
        expect(cut).toBe(false);
        expect(ends.toSorted()).toEqual(FLOWS);
        for (const flow of FLOWS) {
          expect(bytesOf(came[flow]).equals(bytesOf(sent[flow]))).toBe(true);
          expect([flows[flow].isEmpty, flows[flow].heldBytes]).toEqual([true, 0]);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('under faults that cut, what arrives of an exchange is a prefix or the answer in its place, in order', () => {
  let cuts = 0;
  let answers = 0;
  fc.assert(
    fc.property(
      fc.array(fc.oneof(harmless, cutting), { maxLength: 4 }),
      stepsOf(fc.oneof(harmless, cutting)),
      fc.nat(5),
      (faults, steps, lateMs) => {
        const { sent, came, ends, cut, answered, flows, ledger } = play(faults, steps, lateMs);
        cuts += cut ? 1 : 0;
        answers += answered.size;
        for (const flow of FLOWS) {
          const order = came[flow].map(({ exchange }) => exchange);
          expect(order).toEqual(order.toSorted((a, b) => a - b));
          for (const { number } of ledger) {
            const of = (pieces: readonly Piece[]) =>
              bytesOf(pieces.filter((each) => each.exchange === number));
            const [whole, part] = [of(sent[flow]), of(came[flow])];
            const before = answered.has(number) && part.subarray(-OWN.length).equals(Buffer.from(OWN));
            expect(isPrefix(before ? part.subarray(0, -OWN.length) : part, whole)).toBe(true);
            // Without a cut and an answer nothing is missing.
            if (!cut && !answered.has(number)) expect(part.equals(whole)).toBe(true);
          }
          // Whatever happened, nothing waits for ever.
          expect([flows[flow].isEmpty, flows[flow].heldBytes]).toEqual([true, 0]);
        }
        if (!cut) expect(ends.toSorted()).toEqual(FLOWS);
      },
    ),
    { numRuns: 400, seed: 3 },
  );
  // The property speaks of something: both happen, often.
  expect(cuts).toBeGreaterThan(20);
  expect(answers).toBeGreaterThan(20);
});

test('the same seed and the same requests give the same ledger, delays and bytes included', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(harmless, cutting), { maxLength: 4 }),
      stepsOf(fc.oneof(harmless, cutting)),
      (faults, steps) => {
        const [one, other] = [play(faults, steps, 0), play(faults, steps, 0)];
        expect(other.ledger).toEqual(one.ledger);
        expect(other.came).toEqual(one.came);
      },
    ),
    { numRuns: 150 },
  );
});
