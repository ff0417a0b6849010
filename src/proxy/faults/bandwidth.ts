import { z } from 'zod';
import { showBytes } from '../../units.ts';
import {
  type ByteFlow,
  type Departure,
  defineFault,
  type FaultLink,
  type Passage,
  type Piece,
} from '../fault.ts';
import { TokenBucket } from '../token-bucket.ts';

const BYTES_PER_UNIT = { Bps: 1, KBps: 1_000, MBps: 1_000_000, GBps: 1_000_000_000 } as const;
/** Below some rate slices get longer instead of more: their number bounds what a piece costs. */
const MAX_SLICES = 1_024;

const keys = {
  rate: z.number().positive().optional().describe('bytes per second, in `unit`'),
  answer_time: z
    .number()
    .positive()
    .optional()
    .describe('ms that the answer of the pre-flight call takes; gives the rate in a run'),
  unit: z.enum(['Bps', 'KBps', 'MBps', 'GBps']).default('Bps').describe('powers of 1000'),
  per_connection: z
    .boolean()
    .default(false)
    .describe('true: a bucket for each connection instead of a shared one'),
  burst: z.number().min(0).optional().describe('bytes that pass without waiting; default: 10 ms of the rate'),
};
type Params = z.output<z.ZodObject<typeof keys>>;

export default defineFault({
  type: 'bandwidth',
  summary: 'Caps the rate with a token bucket over real bytes, shared by all connections of the proxy.',
  keys,
  mainKey: 'rate',
  params: z.strictObject(keys).superRefine(checkRate),
  written: ['rate', 'unit'],
  describe(params) {
    const rate =
      params.rate === undefined
        ? `a rate at which the answer of the pre-flight takes ${params.answer_time} ms`
        : `${showBytes(rateBytesPerSecond(params))}/s`;
    return `${rate}${params.per_connection ? ' for each connection' : ''}`;
  },
  start(params) {
    const shared = new Map<ByteFlow, TokenBucket>();
    const own = new WeakMap<object, Map<ByteFlow, TokenBucket>>();
    const size = { rateBytesPerSecond: rateBytesPerSecond(params), burstBytes: params.burst ?? null };
    const bucketOf = ({ flow, connection }: FaultLink) => {
      const buckets = params.per_connection ? (own.get(connection) ?? new Map()) : shared;
      if (params.per_connection) own.set(connection, buckets);
      const bucket = buckets.get(flow) ?? new TokenBucket(size);
      buckets.set(flow, bucket);
      return bucket;
    };
    return {
      begin(link) {
        const bucket = bucketOf(link);
        return {
          pass: (piece) => (piece.bytes === 0 ? piece.atMs : passSlices(piece, bucket)),
          giveBack: (turns, nowMs) => bucket.giveBack(turns, nowMs),
        };
      },
    };
  },
});

/** Lets a piece leave in slices, each when the tokens for it are there; a head leaves whole, as faults look at it. */
function passSlices({ bytes, atMs, kind }: Piece, bucket: TokenBucket): Passage {
  const sliceBytes = kind === 'head' ? bytes : Math.max(bucket.sliceBytes, Math.ceil(bytes / MAX_SLICES));
  const departures: Departure[] = [];
  for (let leftBytes = bytes; leftBytes > 0; leftBytes -= sliceBytes) {
    const taken = Math.min(sliceBytes, leftBytes);
    const turn = bucket.take(taken, atMs);
    const last = departures.at(-1);
    // What need not wait leaves together.
    if (turn.dueMs > atMs) departures.push({ bytes: taken, dueMs: turn.dueMs, turn });
    else if (last === undefined) departures.push({ bytes: taken, dueMs: atMs });
    else departures[departures.length - 1] = { bytes: last.bytes + taken, dueMs: atMs };
  }
  return departures.length === 1 && departures[0]?.turn === undefined ? atMs : { departures, act: null };
}

function checkRate(
  { rate, answer_time: time }: Pick<Params, 'rate' | 'answer_time'>,
  context: z.RefinementCtx,
): void {
  if ((rate === undefined) !== (time === undefined)) return;
  context.addIssue({ code: 'custom', path: ['rate'], message: 'give rate or answer_time, one of them' });
}

/** Without a rate nothing waits: a run puts one there before the fault acts. */
function rateBytesPerSecond({ rate = Number.POSITIVE_INFINITY, unit }: Params): number {
  return rate * BYTES_PER_UNIT[unit];
}
