import { z } from 'zod';
import { checkCutPoint, cutAt, cutKeys, describeCutPoint } from '../cut-point.ts';
import { defineFault } from '../fault.ts';

const keys = {
  ...cutKeys,
  delay: z.number().min(0).default(0).describe('ms between the last byte and the end of the connection'),
};

export default defineFault({
  type: 'close',
  summary: 'Ends the connection early and in order: a truncated answer.',
  keys,
  params: z.strictObject(keys).superRefine(checkCutPoint),
  hasAlarms: true,
  describe: (params) =>
    `close ${describeCutPoint(params)}${params.delay > 0 ? `, ${params.delay} ms after the last byte` : ''}`,
  start: (params) => ({ begin: (link) => cutAt(params, { do: 'close', delayMs: params.delay }, link) }),
});
