import { z } from 'zod';
import { command } from '../../../config-values.ts';
import { takeAway } from '../break-dependency.ts';
import { defineDrill } from '../drill.ts';

/** The cache is gone: connections are refused and open ones reset, or the user's own command stops it. */
export default defineDrill({
  kind: 'cache_down',
  title: 'Cache Failure',
  failureType: 'cache',
  breaks: 'dependency',
  protocols: ['redis'],
  isMomentary: false,
  params: z.strictObject({ stop: command.optional(), start: command.optional() }),
  begin: takeAway,
});
