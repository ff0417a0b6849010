import { defineShape } from '../shape.ts';

/** One slow request flow, 800 ms. */
export default defineShape({
  id: 'latency_spike',
  title: 'Single high-latency spike (client ingress)',
  description: 'A single 800ms spike simulates jitter buffer underrun / GC pause on client network stack.',
  faults: [{ type: 'latency', side: 'client', mean: 800, stddev: 100, direction: 'ingress' }],
});
