import { defineShape } from '../shape.ts';

/** Five calls, each 100 ms slower than the one before. */
export default defineShape({
  id: 'latency_stairs',
  title: 'Stair-step latency growth (5 x 100 ms)',
  description:
    'Latency increases 100 ms per call; emulate slow congestion build-up or head-of-line blocking.',
  faults: [{ type: 'latency', side: 'client', mean: 100, stddev: 30, direction: 'ingress' }],
  strategy: {
    mode: 'repeat',
    step: 100,
    stepField: 'mean',
    count: 5,
    waitMs: 0,
    failFast: false,
    addBaselineCall: true,
  },
});
