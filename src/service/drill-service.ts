import type { AppConfig } from '../config.ts';
import type { UnexpectedEnd } from '../types-drill.ts';
import type { DrillService } from '../types-means.ts';
import type { Ending } from './process-group.ts';
import { listGroupPids, readProc } from './processes.ts';
import { type LaunchedService, launchService, type StartDeps, type StartOptions } from './start.ts';

/** What programs print when they cannot get memory: V8, CPython, C and C++ libraries, the JVM, Go. */
const WANT_OF_MEMORY =
  /heap out of memory|MemoryError|cannot allocate memory|bad_alloc|OutOfMemoryError|runtime: out of memory|Allocation failed - process out of memory|OOM error in V8/i;
/** V8 prints a long trace behind it. */
const LINES_READ = 80;

/** The service under test, for drills that end it, break it and start it again. */
export interface RestartableService extends DrillService {
  readonly port: number;
  /** Last 200 lines of the output of the process that runs, or ran last; secrets masked. */
  logTail(): readonly string[];
  /** Ends that nobody asked for, since `epochMs` (`Clock.now()`); their times count from there. */
  listUnexpectedEnds(epochMs: number): readonly UnexpectedEnd[];
  /**
   * Resolves once it is ready; it is left running when it is not.
   *
   * @throws AppError SERVICE_NOT_READY with what was seen and the last lines of its output.
   */
  untilReady(timeoutMs: number): Promise<void>;
  /** SIGTERM to its process group, SIGKILL after 3 s; resolves once it has ended. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts the service and waits until it is ready; it stays on its port when it is started again.
 *
 * @throws AppError as `startService` does.
 */
export async function createDrillService(
  app: AppConfig,
  options: StartOptions,
  deps: StartDeps,
): Promise<RestartableService> {
  const ends: UnexpectedEnd[] = [];
  let isWanted = true;
  let isRunning = false;

  const launch = async (port: number | null): Promise<LaunchedService> => {
    const { folder, dependencies } = options;
    const killsBefore = countKills();
    const service = await launchService(app, { folder, dependencies, ...(port !== null && { port }) }, deps);
    isWanted = true;
    isRunning = true;
    void service.exited.then((ending) => {
      isRunning = false;
      if (!isWanted || deps.signal.aborted) return;
      const outOfMemory = wantedMemory(ending, service, countKills() - killsBefore);
      ends.push({ ...ending, atMs: deps.clock.now(), outOfMemory });
    });
    return service;
  };

  let current = await launch(options.port ?? null);
  try {
    await current.untilReady(options.readyTimeoutMs);
  } catch (error) {
    await current.stop();
    throw error;
  }
  return {
    baseUrl: current.baseUrl,
    port: current.port,
    groupId: () => (isRunning && process.platform !== 'win32' ? current.pid : null),
    listPids: async () => (isRunning ? listGroupPids(current.pid) : []),
    isRunning: () => isRunning,
    async crash() {
      isWanted = false;
      if (isRunning) await current.kill();
    },
    async start() {
      if (!isRunning) current = await launch(current.port);
    },
    untilReady: (timeoutMs) => current.untilReady(timeoutMs),
    logTail: () => current.logTail(),
    listUnexpectedEnds: (epochMs) =>
      ends.filter(({ atMs }) => atMs >= epochMs).map((end) => ({ ...end, atMs: end.atMs - epochMs })),
    async stop() {
      isWanted = false;
      await current.stop();
    },
  };
}

/** The kernel killed something for want of memory and this ended by SIGKILL; or its own last words say so. */
function wantedMemory(ending: Ending, service: LaunchedService, kills: number): boolean {
  if (ending.code === 0) return false;
  if (ending.signal === 'SIGKILL' && kills > 0) return true;
  return service
    .logTail()
    .slice(-LINES_READ)
    .some((line) => WANT_OF_MEMORY.test(line));
}

/** How often the kernel has killed a process of this machine for want of memory (since Linux 4.13). */
function countKills(): number {
  return Number(/^oom_kill (\d+)$/m.exec(readProc('vmstat') ?? '')?.[1] ?? 0);
}
