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

const BYTES_PER_UNIT = { Bps: 1, KBps: 1_000, MBps: 1_000_000, GBps: 1_000_000_000 } as const;
/** Without `burst`: what the rate gives in this time passes without waiting. */
const BURST_MS = 10;
/** What leaves together: what the rate gives in this time, as a slow link sends packets and not whole buffers. */
const SLICE_MS = 20;
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
    const shared = new Map<ByteFlow, Bucket>();
    const own = new WeakMap<object, Map<ByteFlow, Bucket>>();
    const bucketOf = ({ flow, connection }: FaultLink) => {
      const buckets = params.per_connection ? (own.get(connection) ?? new Map()) : shared;
      if (params.per_connection) own.set(connection, buckets);
      const bucket = buckets.get(flow) ?? new Bucket(params);
      buckets.set(flow, bucket);
      return bucket;
    };
    return {
      begin(link) {
        const bucket = bucketOf(link);
        const { connection } = link;
        return {
          pass: (piece) => (piece.bytes === 0 ? piece.atMs : passSlices(piece, bucket, connection)),
          giveBack: (bytes) => bucket.giveBack(bytes, connection),
        };
      },
    };
  },
});

/** Lets a piece leave in slices, each when the tokens for it are there; a head leaves whole, as faults look at it. */
function passSlices({ bytes, atMs, kind }: Piece, bucket: Bucket, taker: object): Passage {
  if (kind === 'head') return bucket.take(bytes, atMs, taker);
  const sliceBytes = Math.max(bucket.sliceBytes, Math.ceil(bytes / MAX_SLICES));
  const departures: Departure[] = [];
  for (let leftBytes = bytes; leftBytes > 0; leftBytes -= sliceBytes) {
    const taken = Math.min(sliceBytes, leftBytes);
    const dueMs = bucket.take(taken, atMs, taker);
    const last = departures.at(-1);
    if (last?.dueMs === dueMs) departures[departures.length - 1] = { bytes: last.bytes + taken, dueMs };
    else departures.push({ bytes: taken, dueMs });
  }
  const [only] = departures;
  return departures.length === 1 && only !== undefined ? only.dueMs : { departures, act: null };
}

/** Token bucket as a debt: the time at which all bytes taken so far are paid for. */
class Bucket {
  readonly sliceBytes: number;
  readonly #msPerByte: number;
  readonly #burstMs: number;
  #paidAtMs = Number.NEGATIVE_INFINITY;
  /** Who took last, without keeping it alive, and how many bytes since anybody else did. */
  #lastTaker: WeakRef<object> | null = null;
  #lastTakenBytes = 0;

  constructor(params: Params) {
    const rate = rateBytesPerSecond(params);
    this.sliceBytes = Math.max(1, Math.round((rate * SLICE_MS) / 1_000));
    this.#msPerByte = 1_000 / rate;
    this.#burstMs = params.burst === undefined ? BURST_MS : params.burst * this.#msPerByte;
  }

  /** Takes tokens for `bytes` at `atMs` and gives the time at which the last of them is there. */
  take(bytes: number, atMs: number, taker: object): number {
    if (taker !== this.#lastTaker?.deref()) {
      this.#lastTaker = new WeakRef(taker);
      this.#lastTakenBytes = 0;
    }
    this.#lastTakenBytes += bytes;
    this.#paidAtMs = Math.max(this.#paidAtMs, atMs) + bytes * this.#msPerByte;
    return Math.max(atMs, this.#paidAtMs - this.#burstMs);
  }

  /**
   * Forgives the debt for `bytes` that will never leave, as far as nobody took behind them: who did has its times
   * already, and what came later would leave beside it, above the rate.
   */
  giveBack(bytes: number, taker: object): void {
    if (taker !== this.#lastTaker?.deref()) return;
    const given = Math.min(bytes, this.#lastTakenBytes);
    this.#lastTakenBytes -= given;
    this.#paidAtMs -= given * this.#msPerByte;
  }
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
