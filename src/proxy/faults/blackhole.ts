import { z } from 'zod';
import { defineFault } from '../fault.ts';

/** TCP repeats after 200 ms, then after twice the time before, up to two minutes (Linux). */
const FIRST_RTO_MS = 200;
const RTO_MAX_MS = 120_000;

const keys = {
  after: z
    .enum(['retransmit', 'dead'])
    .default('retransmit')
    .describe('held bytes after the period: arrive on TCP’s back-off schedule, or never'),
};

export default defineFault({
  type: 'blackhole',
  summary: 'Lets nothing pass and answers nothing; connections stay open.',
  keys,
  params: z.strictObject(keys),
  describe: ({ after }) => `nothing passes${after === 'dead' ? ', nothing held ever arrives' : ''}`,
  start: ({ after }) => ({
    begin: (link) => ({
      pass({ atMs }) {
        const endMs = link.activeUntilMs(atMs);
        if (after === 'dead' || endMs === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
        return nextRetransmissionMs(atMs, endMs);
      },
    }),
  }),
});

/** First retransmission, of bytes first sent at `sentAtMs`, that is at or after `openAtMs`. */
function nextRetransmissionMs(sentAtMs: number, openAtMs: number): number {
  let rtoMs = FIRST_RTO_MS;
  let atMs = sentAtMs + rtoMs;
  while (atMs < openAtMs) {
    rtoMs = Math.min(2 * rtoMs, RTO_MAX_MS);
    atMs += rtoMs;
  }
  return atMs;
}
