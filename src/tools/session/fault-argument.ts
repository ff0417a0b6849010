import { z } from 'zod';
import { FAULTS } from '../../proxy/faults/index.ts';

/** One fault in a tool's argument, as it stands in a scenario file; its keys are checked when it is read. */
export const faultArgument = z.looseObject({
  type: z.enum(FAULTS.map(({ type }) => type)),
  side: z.enum(['client', 'server']).optional(),
  direction: z.enum(['ingress', 'egress', 'both']).optional(),
  period: z.string().optional(),
  probability: z.number().min(0).max(1).optional(),
});

/** Short reminder of the faults; breakwater://scenario-format has every key. */
export const FAULTS_HELP =
  'As in a scenario file, e.g. {"type":"latency","mean":300,"stddev":50}, {"type":"httperror","status_code":503,"probability":0.2,"only":{"methods":["POST"],"path":"/orders/**"}}, {"type":"bandwidth","rate":64,"unit":"KBps"}, {"type":"blackhole"}. All keys: breakwater://scenario-format';
