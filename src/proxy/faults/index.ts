import type { FaultType } from '../fault.ts';
import bandwidth from './bandwidth.ts';
import blackhole from './blackhole.ts';
import close from './close.ts';
import dns from './dns.ts';
import failFirst from './fail-first.ts';
import httperror from './httperror.ts';
import jitter from './jitter.ts';
import latency from './latency.ts';
import packetloss from './packetloss.ts';
import refuse from './refuse.ts';
import reset from './reset.ts';
import slowBody from './slow-body.ts';
import slowClose from './slow-close.ts';

/** All faults, in the order in which they are listed to people. */
export const FAULTS: readonly FaultType[] = [
  latency,
  jitter,
  bandwidth,
  packetloss,
  blackhole,
  httperror,
  reset,
  close,
  refuse,
  slowBody,
  slowClose,
  failFirst,
  dns,
];
