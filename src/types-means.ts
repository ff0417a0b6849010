/** What breaks things, and what it breaks: the service under test, its dependencies, processes and the machine. */
import type { Fault, Upstream } from './types.ts';

/** Something that is broken now. */
export interface ActiveFailure {
  /** What was done, in one sentence without a full stop. */
  readonly broke: string;
  /** Mends it; resolves as soon as it has ended. May be called again, and after it has ended by itself. */
  end(): Promise<void>;
  /** Whether it was seen to act, and by what; asked after `end`. */
  evidence(): Promise<{ readonly value: boolean; readonly evidence: string }>;
}

/** What a dependency's proxy has counted since it was opened. */
export interface DependencyCounts {
  /** Acts of faults on exchanges and on idle connections. */
  readonly hits: number;
  readonly connections: number;
}

/** A dependency of the service, reached through a proxy of ours. */
export interface DrillDependency {
  readonly name: string;
  readonly upstream: Upstream;
  /** Puts these faults on its proxy instead of those before; resolves when the proxy has acknowledged. */
  setFaults(faults: readonly Fault[]): Promise<void>;
  counts(): Promise<DependencyCounts>;
}

/** The service under test; it was started by us. */
export interface DrillService {
  readonly baseUrl: string;
  /** Id of its process group; `null`: it does not run, or the platform knows no groups (Windows). */
  groupId(): number | null;
  /** Ids of the processes of its group that run now. */
  listPids(): Promise<readonly number[]>;
  /** Whether the process that was started last still runs. */
  isRunning(): boolean;
  /** SIGKILL to all its processes; resolves once they have ended. */
  crash(): Promise<void>;
  /** Starts it again on the same port by its command, when it has ended; resolves without waiting until it is ready. */
  start(): Promise<void>;
}

/** What a kind may do to processes, the machine and real services; each leaves a note how to mend it first. */
export interface DrillMeans {
  /** Runs a command of the trusted breakwater.yaml; the failure ends when `start` has run. */
  runCommands(stop: readonly string[], start: readonly string[]): Promise<ActiveFailure>;
  /** Leaves the target `1 - share` of the time to run, by stopping and continuing its processes; share 0 to 1. */
  takeProcessor(service: DrillService, share: number, forMs: number): Promise<ActiveFailure>;
  /** Lets the target have little more memory than it has now; `share` of its present memory is what is left to grow. */
  limitMemory(service: DrillService, share: number, forMs: number): Promise<ActiveFailure>;
  /** Keeps processors or memory of the whole machine busy; share 0 to 0.95. */
  stressMachine(what: 'cpu' | 'memory', share: number, forMs: number): Promise<ActiveFailure>;
  /** Opens sessions at the real PostgreSQL that each hold a connection with `pg_sleep`. */
  holdSessions(dependency: DrillDependency, sessions: number, forMs: number): Promise<ActiveFailure>;
}
