import { z } from 'zod';
import { defineDrill } from '../drill.ts';

const USUAL_SHARE = 0.8;
/** Above this the kernel would begin to end processes of others. */
const MOST_SHARE = 0.9;

/** Memory runs short: the target may grow by what `share` leaves of its present memory; or the machine's is held. */
export default defineDrill({
  kind: 'memory_pressure',
  title: 'Memory Pressure',
  failureType: 'memory',
  breaks: 'service',
  protocols: [],
  isMomentary: false,
  params: z.strictObject({
    share: z.number().gt(0).max(MOST_SHARE).default(USUAL_SHARE),
    scope: z.enum(['target', 'machine']).default('target'),
  }),
  begin: ({ share, scope }, { means, service, failureMs }) =>
    scope === 'target'
      ? means.limitMemory(service, 1 - share, failureMs)
      : means.stressMachine('memory', share, failureMs),
});
