import { z } from 'zod';
import type { Random } from '../../random.ts';
import { showPercent } from '../../units.ts';
import { type Departure, defineFault, type Piece, type Split } from '../fault.ts';

/** Linux's TCP_RTO_MAX, and the repeats after which it gives a connection up (tcp_retries2). */
const RTO_MAX_MS = 120_000;
const MAX_REPEATS = 15;
/** RFC 5681 §3.2: three duplicate acknowledgements start a fast retransmission. */
const FOLLOWERS_FOR_FAST_RETRANSMIT = 3;
/** RFC 6298 (2.2): after the first measurement R, RTO = R + 4 × R/2. */
const RTO_PER_RTT = 3;

const keys = {
  rate: z.number().min(0).max(1).default(0.05).describe('share of segments lost, 0 to 1'),
  model: z
    .enum(['bernoulli', 'gilbert-elliott'])
    .default('bernoulli')
    .describe('losses independent, or in bursts'),
  burst_length: z.number().min(1).default(3).describe('mean length of a burst in segments (gilbert-elliott)'),
  mss: z.int().min(1).default(1_460).describe('bytes of a segment'),
  rtt: z.number().min(0).default(50).describe('round-trip time in ms that a fast retransmission costs'),
  rto_min: z.number().min(1).default(200).describe('least retransmission timeout in ms'),
};
type Params = z.output<z.ZodObject<typeof keys>>;

export default defineFault({
  type: 'packetloss',
  summary: 'Loses segments as TCP shows it: the flow stalls for retransmissions, no byte is dropped.',
  keys,
  mainKey: 'rate',
  params: z.strictObject(keys),
  written: ['rate'],
  readAheadBytes: 4 * 1024 * 1024,
  describe: (params) =>
    `${showPercent(params.rate)} of segments lost${params.model === 'bernoulli' ? '' : ` in bursts of ${params.burst_length}`}`,
  start: (params) => ({
    begin({ random }) {
      const isLost =
        params.model === 'bernoulli' ? bernoulli(params, random) : gilbertElliott(params, random);
      return { pass: (piece) => (piece.bytes === 0 ? piece.atMs : passSegments(piece, params, isLost)) };
    },
  }),
});

function passSegments(piece: Piece, params: Params, isLost: () => boolean): Split {
  const segments = Math.ceil(piece.bytes / params.mss);
  const departures: Departure[] = [];
  let dueMs = piece.atMs;
  for (let index = 0; index < segments; index += 1) {
    if (isLost()) {
      const stallMs = drawStallMs(params, isLost, segments - 1 - index);
      if (stallMs === null) {
        return { departures, act: { atMs: piece.atMs + gaveUpAfterMs(params), act: { do: 'reset' } } };
      }
      // In order: what follows a lost segment waits for it.
      dueMs = Math.max(dueMs, piece.atMs + stallMs);
    }
    const bytes = Math.min(params.mss, piece.bytes - index * params.mss);
    const last = departures.at(-1);
    if (last?.dueMs === dueMs) departures[departures.length - 1] = { bytes: last.bytes + bytes, dueMs };
    else departures.push({ bytes, dueMs });
  }
  return { departures, act: null };
}

/** Time until a lost segment gets through; `null`: TCP gives up. */
function drawStallMs(params: Params, isLost: () => boolean, followers: number): number | null {
  let stallMs = 0;
  if (followers >= FOLLOWERS_FOR_FAST_RETRANSMIT) {
    stallMs = params.rtt;
    if (!isLost()) return stallMs;
  }
  let rtoMs = firstRtoMs(params);
  for (let repeat = 0; repeat < MAX_REPEATS; repeat += 1) {
    stallMs += rtoMs;
    if (!isLost()) return stallMs;
    rtoMs = Math.min(2 * rtoMs, RTO_MAX_MS);
  }
  return null;
}

function firstRtoMs({ rtt, rto_min: rtoMinMs }: Params): number {
  return Math.max(rtoMinMs, RTO_PER_RTT * rtt);
}

function gaveUpAfterMs(params: Params): number {
  let totalMs = 0;
  let rtoMs = firstRtoMs(params);
  for (let repeat = 0; repeat <= MAX_REPEATS; repeat += 1) {
    totalMs += rtoMs;
    rtoMs = Math.min(2 * rtoMs, RTO_MAX_MS);
  }
  return totalMs;
}

function bernoulli({ rate }: Params, random: Random): () => boolean {
  return () => random.next() < rate;
}

/**
 * Gilbert–Elliott with losses in the bad state only: bursts of `burst_length` segments on average, `rate` of all
 * segments lost in the long run. It starts in the state that long use would show.
 */
function gilbertElliott({ rate, burst_length: burstLength }: Params, random: Random): () => boolean {
  const leaveBad = 1 / burstLength;
  const enterBad = rate >= 1 ? 1 : Math.min(1, (leaveBad * rate) / (1 - rate));
  let bad = random.next() < rate;
  return () => {
    const lost = bad;
    bad = rate >= 1 || (bad ? random.next() >= leaveBad : random.next() < enterBad);
    return lost;
  };
}
