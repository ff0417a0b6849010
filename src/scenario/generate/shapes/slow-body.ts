import { defineShape } from '../shape.ts';

/** A dependency's answer dribbles: each byte resets a limit on silence, so only a limit on the whole ends the call. */
export default defineShape({
  id: 'slow_body',
  scope: 'dependency',
  title: 'Dependency {dependency} answers drop by drop',
  description:
    '{dependency} sends its head at once and then one byte a second; the service must give up by itself within 5 s.',
  timeoutMs: 10_000,
  faults: [{ type: 'slow_body', chunk_bytes: 1, interval: 1_000 }],
  expects: { alsoStatuses: [502, 503, 504], responseTimeUnderMs: 5_000 },
});
