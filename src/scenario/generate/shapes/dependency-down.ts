import { defineShape } from '../shape.ts';

/** A dependency refuses connections: the service must say so, quickly and without a 500. */
export default defineShape({
  id: 'dependency_down',
  scope: 'dependency',
  title: 'Dependency {dependency} down',
  description:
    '{dependency} refuses connections; the service must answer within 5 s, degraded or with a 502, 503 or 504.',
  timeoutMs: 10_000,
  faults: [{ type: 'refuse' }],
  expects: { alsoStatuses: [502, 503, 504], responseTimeUnderMs: 5_000 },
});
