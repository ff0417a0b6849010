import type { AnyDrill } from '../drill.ts';
import applicationCrash from './application-crash.ts';
import cacheDown from './cache-down.ts';
import cpuSaturation from './cpu-saturation.ts';
import databaseDown from './database-down.ts';
import memoryPressure from './memory-pressure.ts';
import networkLatency from './network-latency.ts';
import slowQuery from './slow-query.ts';

/** All kinds of drills, in the order in which they are run. */
export const DRILLS: readonly AnyDrill[] = [
  databaseDown,
  cacheDown,
  networkLatency,
  slowQuery,
  memoryPressure,
  cpuSaturation,
  applicationCrash,
];
