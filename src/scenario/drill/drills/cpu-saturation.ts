import { z } from 'zod';
import { defineDrill } from '../drill.ts';

const USUAL_SHARE = 0.9;
/** Above this a machine has nothing left for the load generator either. */
const MOST_SHARE = 0.95;

/** The processor is taken from the target, by stopping its processes for a share of the time; or from all. */
export default defineDrill({
  kind: 'cpu_saturation',
  title: 'CPU Saturation',
  failureType: 'cpu',
  breaks: 'service',
  protocols: [],
  isMomentary: false,
  params: z.strictObject({
    share: z.number().gt(0).max(MOST_SHARE).default(USUAL_SHARE),
    scope: z.enum(['target', 'machine']).default('target'),
  }),
  begin: ({ share, scope }, { means, service, failureMs }) =>
    scope === 'target'
      ? means.takeProcessor(service, share, failureMs)
      : means.stressMachine('cpu', share, failureMs),
});
