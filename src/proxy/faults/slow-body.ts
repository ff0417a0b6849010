import { z } from 'zod';
import { type Departure, defineFault } from '../fault.ts';

const keys = {
  chunk_bytes: z.int().min(1).default(64).describe('bytes that leave together'),
  interval: z.number().min(0).default(100).describe('ms between two of them'),
  variation: z.int().min(0).default(0).describe('bytes by which chunk_bytes varies, either way'),
};

export default defineFault({
  type: 'slow_body',
  summary: 'Sends the head at once and lets the body dribble.',
  keys,
  mainKey: 'chunk_bytes',
  params: z.strictObject(keys).refine((read) => read.variation < read.chunk_bytes, {
    error: 'variation must be below chunk_bytes',
    path: ['variation'],
  }),
  written: ['chunk_bytes', 'interval'],
  describe: ({ chunk_bytes: bytes, interval, variation }) =>
    `body of ${bytes}${variation > 0 ? ` ± ${variation}` : ''} B every ${interval} ms`,
  start: ({ chunk_bytes: chunkBytes, interval: intervalMs, variation }) => ({
    begin(link) {
      // Drawn only where it varies: most bodies dribble evenly.
      const drawBytes = () =>
        variation === 0
          ? chunkBytes
          : chunkBytes + Math.floor(link.random.between(-variation, variation + 1));
      let nextMs = Number.NEGATIVE_INFINITY;
      let leftBytes = 0;
      return {
        pass({ bytes, atMs, kind }) {
          if (kind !== 'body') return atMs;
          const departures: Departure[] = [];
          let dueMs = Math.max(atMs, nextMs - intervalMs);
          for (let rest = bytes; rest > 0; ) {
            if (leftBytes === 0) {
              dueMs = Math.max(atMs, nextMs);
              nextMs = dueMs + intervalMs;
              leftBytes = drawBytes();
            }
            const taken = Math.min(rest, leftBytes);
            departures.push({ bytes: taken, dueMs });
            leftBytes -= taken;
            rest -= taken;
          }
          return { departures, act: null };
        },
      };
    },
  }),
});
