import { defineShape } from '../shape.ts';

/** Delays that change eight times a second. */
export default defineShape({
  id: 'jitter',
  title: 'High jitter (±80ms @ 8Hz)',
  description: 'Emulates bursty uplink, measuring buffering robustness.',
  faults: [{ type: 'jitter', amplitude: 80, frequency: 8, direction: 'ingress', side: 'server' }],
});
