import { z } from 'zod';
import { duration } from '../../../config-values.ts';
import { showMs } from '../../../units.ts';
import { delayAnswers, faultDependencies } from '../break-dependency.ts';
import { defineDrill } from '../drill.ts';

const USUAL_DELAY_MS = 500;

/** Every answer of every dependency, or of the one that is named, comes later by a fixed time. */
export default defineDrill({
  kind: 'network_latency',
  title: 'Network Latency Spike',
  failureType: 'network',
  breaks: 'dependencies',
  protocols: [],
  isMomentary: false,
  params: z.strictObject({ delay: duration.default(USUAL_DELAY_MS) }),
  begin: ({ delay }, ground) =>
    faultDependencies(
      ground,
      delayAnswers(delay),
      (places) => `${showMs(delay)} added to every answer of ${places}`,
    ),
});
