import { defineShape } from '../shape.ts';

/** A dependency takes connections and never answers: only a time limit of the service's own ends the call. */
export default defineShape({
  id: 'dependency_hang',
  scope: 'dependency',
  title: 'Dependency {dependency} hangs',
  description:
    '{dependency} accepts connections and never answers; the service must give up by itself within 5 s.',
  timeoutMs: 10_000,
  faults: [{ type: 'blackhole' }],
  expects: { alsoStatuses: [502, 503, 504], responseTimeUnderMs: 5_000 },
});
