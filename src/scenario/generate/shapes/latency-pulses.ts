import { defineShape, loadOf, usualSlos } from '../shape.ts';

/** Three pulses of latency during a load of 10 s. */
export default defineShape({
  id: 'latency_pulses',
  title: 'Periodic 150-250 ms latency pulses during load',
  description: 'Three latency bursts at 10-40-70% of a 10s window; good for P95 drift tracking.',
  faults: [
    { type: 'latency', mean: 150, period: 'start:10%,duration:15%' },
    { type: 'latency', mean: 250, period: 'start:40%,duration:15%' },
    { type: 'latency', mean: 150, period: 'start:70%,duration:15%' },
  ],
  strategy: loadOf(10_000, 3, 2),
  slos: usualSlos(),
  expects: { documented: false, allSloAreValid: true },
});
