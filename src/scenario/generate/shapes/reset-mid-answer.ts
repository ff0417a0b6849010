import { defineShape } from '../shape.ts';

/** A dependency's connection breaks while its answer comes: the service must not take half of it for the whole. */
export default defineShape({
  id: 'reset_mid_answer',
  scope: 'dependency',
  title: 'Dependency {dependency} resets in mid-answer',
  description:
    'The connection to {dependency} is reset after the first 64 bytes of each answer; the service must say so, degraded or with a 502, 503 or 504.',
  timeoutMs: 10_000,
  faults: [{ type: 'reset', after_bytes: 64 }],
  expects: { alsoStatuses: [502, 503, 504], responseTimeUnderMs: 5_000 },
});
