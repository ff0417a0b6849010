import { defineShape, loadOf, usualSlos } from '../shape.ts';

/** Answers through a narrow line. */
export default defineShape({
  id: 'bandwidth_cap',
  title: '512 KBps bandwidth cap',
  description: 'Models throttled 3G link; validates handling of large payloads.',
  faults: [{ type: 'bandwidth', rate: 512, unit: 'KBps', direction: 'ingress' }],
  strategy: loadOf(15_000, 2, 1),
  slos: usualSlos(),
});
