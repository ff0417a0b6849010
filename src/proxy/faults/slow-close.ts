import { z } from 'zod';
import { defineFault } from '../fault.ts';

const keys = {
  delay: z.number().min(0).default(1_000).describe('ms by which the end of the stream comes late'),
};

export default defineFault({
  type: 'slow_close',
  summary: 'Passes all bytes at once, and the end of the stream (FIN) late.',
  keys,
  mainKey: 'delay',
  params: z.strictObject(keys),
  written: ['delay'],
  describe: ({ delay }) => `end of the stream ${delay} ms late`,
  start: ({ delay: delayMs }) => ({
    begin: () => ({
      pass: ({ kind, atMs }) =>
        kind === 'end' ? { departures: [{ bytes: 0, dueMs: atMs + delayMs }], act: null } : atMs,
    }),
  }),
});
