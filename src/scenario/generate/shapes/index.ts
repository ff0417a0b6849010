import type { Shape } from '../shape.ts';
import bandwidthAnswer from './bandwidth-answer.ts';
import bandwidthCap from './bandwidth-cap.ts';
import blackhole from './blackhole.ts';
import dependencyDown from './dependency-down.ts';
import dependencyHang from './dependency-hang.ts';
import dependencySlow from './dependency-slow.ts';
import httpErrors from './http-errors.ts';
import jitter from './jitter.ts';
import latencyPulses from './latency-pulses.ts';
import latencySpike from './latency-spike.ts';
import latencyStairs from './latency-stairs.ts';
import packetLoss from './packet-loss.ts';
import resetMidAnswer from './reset-mid-answer.ts';
import retryCheck from './retry-check.ts';
import slowBody from './slow-body.ts';

/** All shapes, in the order in which they are generated. */
export const SHAPES: readonly Shape[] = [
  latencySpike,
  latencyStairs,
  latencyPulses,
  packetLoss,
  jitter,
  bandwidthCap,
  bandwidthAnswer,
  httpErrors,
  blackhole,
  dependencySlow,
  dependencyHang,
  dependencyDown,
  slowBody,
  resetMidAnswer,
  retryCheck,
];
