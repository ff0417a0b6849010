/** What is looked at again and again beside a drill. Times are ms since the drill began. */
import type { Clock } from './clock.ts';

/** Something that is looked at again and again beside a drill. */
export interface Watch<Seen> {
  /** Ends it and gives all that was seen; never rejects. May be called again. */
  stop(): Promise<Seen>;
}

export interface WatchDeps {
  readonly clock: Clock;
  /** `Clock.now()` from which the times of what is seen count. */
  readonly epochMs: number;
  readonly signal: AbortSignal;
}

/** One look at the health endpoint. */
export interface HealthPoint {
  readonly atMs: number;
  /** `null`: it gave no answer. */
  readonly status: number | null;
  readonly tookMs: number;
}

/** One look at the target's processes and at the machine; `null` where the platform does not tell. */
export interface VitalPoint {
  readonly atMs: number;
  /** Processor time of the target's processes since the last look, in cores (1.0: one core busy). */
  readonly targetCores: number | null;
  /** Memory of the target's processes that is resident. */
  readonly targetBytes: number | null;
  /** Share of all cores that were busy since the last look, 0 to 1. */
  readonly machineCpuShare: number | null;
  /** Share of the memory in use, 0 to 1. */
  readonly machineMemoryShare: number | null;
  readonly swapUsedBytes: number | null;
  /** Pages read from and written to swap since the last look. */
  readonly swapPages: number | null;
}

/** One look at a dependency's proxy; counts are since the drill began. */
export interface TrafficPoint {
  readonly atMs: number;
  /** Connections that the service opened, those that were refused included. */
  readonly connections: number;
  readonly openConnections: number;
  readonly exchanges: number;
  readonly failedExchanges: number;
}

/** One answer of a dependency about itself. */
export type DependencyVoice =
  | {
      readonly kind: 'postgres';
      readonly atMs: number;
      /** Sessions of clients, without ours. */
      readonly sessions: number;
      readonly active: number;
      /** Sessions that wait for a lock. */
      readonly waiting: number;
      readonly idleInTransaction: number;
      readonly maxConnections: number;
      /** Transactions ended since the drill began. */
      readonly transactions: number;
    }
  | {
      readonly kind: 'redis';
      readonly atMs: number;
      readonly clients: number;
      /** Since the drill began. */
      readonly hits: number;
      readonly misses: number;
      readonly usedBytes: number;
    };

/** All that was seen of one dependency. */
export interface DependencyRecord {
  readonly name: string;
  /** `psql://127.0.0.1:5432`, without credentials. */
  readonly upstream: string;
  /** Whether this drill broke it. */
  readonly broken: boolean;
  readonly traffic: readonly TrafficPoint[];
  readonly voices: readonly DependencyVoice[];
  /** Why it could not be asked; `null`: it was, or it is of a kind that cannot be. */
  readonly unasked: string | null;
}
