import { z } from 'zod';
import type { Slo } from './types.ts';

const status = z
  .union([z.int().min(100).max(599).transform(String), z.string().regex(/^[1-5](\d\d|xx)$/i)])
  .transform((text) => text.toUpperCase());

/** One entry of `slo:` in breakwater.yaml. */
export const sloEntry = z
  .strictObject({
    type: z.enum(['latency', 'error']),
    title: z.string().optional(),
    objective: z.number().min(0).max(100),
    threshold: z.number().min(0),
    error_statuses: z.array(status).optional(),
  })
  .refine(({ type, error_statuses: statuses }) => type === 'error' || statuses === undefined, {
    path: ['error_statuses'],
    message: 'it belongs to type error',
  });

/** Gives an entry that has been checked as an SLO. */
export function toSlo({
  type,
  title,
  objective,
  threshold,
  error_statuses: errorStatuses,
}: z.output<typeof sloEntry>): Slo {
  return type === 'latency'
    ? {
        kind: 'latency',
        title: title ?? `P${objective} <= ${threshold}ms`,
        objectivePercent: objective,
        thresholdMs: threshold,
      }
    : {
        kind: 'error',
        title: title ?? `errors < ${threshold}%`,
        objectivePercent: objective,
        thresholdPercent: threshold,
        ...(errorStatuses !== undefined && { errorStatuses }),
      };
}
