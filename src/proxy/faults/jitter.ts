import { z } from 'zod';
import { defineFault } from '../fault.ts';

const keys = {
  amplitude: z.number().min(0).describe('greatest delay in ms'),
  frequency: z
    .number()
    .positive()
    .describe('slots per second, in each of which at most one operation is delayed'),
};

export default defineFault({
  type: 'jitter',
  summary: 'Delays at most one operation in each slot of 1/frequency seconds, by up to amplitude.',
  keys,
  mainKey: 'amplitude',
  params: z.strictObject(keys),
  written: ['amplitude', 'frequency'],
  readAheadBytes: 4 * 1024 * 1024,
  describe: ({ amplitude, frequency }) => `jitter of up to ${amplitude} ms, ${frequency} times a second`,
  start({ amplitude, frequency }, { epochMs }) {
    const lastSlot = { request: Number.NEGATIVE_INFINITY, response: Number.NEGATIVE_INFINITY };
    return {
      begin: ({ flow, random }) => ({
        pass(piece) {
          if (piece.kind === 'end') return piece.atMs;
          const slot = Math.floor(((piece.atMs - epochMs) * frequency) / 1_000);
          if (slot <= lastSlot[flow]) return piece.atMs;
          lastSlot[flow] = slot;
          return piece.atMs + random.between(0, amplitude);
        },
      }),
    };
  },
});
