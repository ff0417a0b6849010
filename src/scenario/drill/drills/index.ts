import type { AnyDrill } from '../drill.ts';
import cacheDown from './cache-down.ts';
import databaseDown from './database-down.ts';
import networkLatency from './network-latency.ts';
import slowQuery from './slow-query.ts';

/** All kinds of drills, in the order in which they are run. */
export const DRILLS: readonly AnyDrill[] = [databaseDown, cacheDown, networkLatency, slowQuery];
