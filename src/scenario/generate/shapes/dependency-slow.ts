import { defineShape, loadOf, usualSlos } from '../shape.ts';

/** A dependency answers late: one call to it fits the objective, several after one another do not. */
export default defineShape({
  id: 'dependency_slow',
  scope: 'dependency',
  title: 'Dependency {dependency} slow by 400 ms',
  description: 'Each answer of {dependency} takes 400 ms longer; several calls after one another add up.',
  faults: [{ type: 'latency', mean: 400, stddev: 50 }],
  strategy: loadOf(10_000, 2, 2),
  slos: usualSlos(1_000),
});
