import { defineShape, loadOf, usualSlos } from '../shape.ts';

/** A line so narrow that the service's own answer takes a fifth of a second: 512 KBps slow no small answer. */
export default defineShape({
  id: 'bandwidth_answer',
  title: 'Bandwidth at which an answer takes 200 ms',
  description: 'A line that is narrow for this very answer, whose size the pre-flight call shows.',
  byNameOnly: true,
  faults: [{ type: 'bandwidth', answer_time: 200, direction: 'ingress' }],
  strategy: loadOf(15_000, 2, 1),
  slos: usualSlos(),
});
