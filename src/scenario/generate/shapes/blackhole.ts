import { defineShape, loadOf, usualSlos } from '../shape.ts';

/** One second in which nothing passes. */
export default defineShape({
  id: 'blackhole',
  title: 'Full black-hole for 1s',
  description: 'Simulates router drop / Pod eviction causing 100% packet loss for a second.',
  timeoutMs: 500,
  faults: [{ type: 'blackhole', direction: 'egress', period: 'start:45%,duration:10%' }],
  strategy: loadOf(10_000, 2, 3),
  slos: usualSlos(),
  expects: { documented: false },
});
