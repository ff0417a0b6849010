import { z } from 'zod';
import { checkCutPoint, cutAt, cutKeys, describeCutPoint } from '../cut-point.ts';
import { defineFault } from '../fault.ts';

export default defineFault({
  type: 'reset',
  summary: 'Resets the connection (TCP RST), live ones too.',
  keys: cutKeys,
  params: z.strictObject(cutKeys).superRefine(checkCutPoint),
  hasAlarms: true,
  describe: (point) => `reset ${describeCutPoint(point)}`,
  start: (point) => ({ begin: (link) => cutAt(point, { do: 'reset' }, link) }),
});
