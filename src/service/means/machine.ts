import { availableParallelism, freemem, tmpdir } from 'node:os';
import { sleep } from '../../clock.ts';
import { AppError } from '../../errors.ts';
import type { ActiveFailure } from '../../types-means.ts';
import { showBytes, showMs, showPercent } from '../../units.ts';
import { type ProcessGroup, spawnGroup } from '../process-group.ts';
import { identify, listGroupPids, readKb } from '../processes.ts';
import { watchVitals } from '../vitals.ts';
import { demandShare, once } from './active.ts';
import type { MeansDeps } from './deps.ts';
import { chooseStressor, type Stress } from './stressor.ts';

/** Room for the system itself, the load generator and whoever else works there. */
const MAX_SHARE = { cpu: 0.95, memory: 0.9 } as const;
const LOOK_MS = 250;
const FILL_LOOK_MS = 50;
/** Memory counts as taken when so much of it is held; filling it takes a second for each few gigabytes. */
const ENOUGH = 0.9;
const FILL_LIMIT_MS = 20_000;
/** The kernel shares the processors among all who want them, so a busy machine leaves the stressor less. */
const ENOUGH_CPU = 0.5;

/**
 * Keeps `share` of all processors busy, or holds `share` of the memory that is available now, for `forMs` at most.
 * Resolves once the memory is held. The stressor ends with this process, even when that is killed.
 *
 * @throws AppError LIMIT_EXCEEDED above 0.95 (cpu) or 0.9 (memory); COMMAND_FAILED when the stressor ends early; the
 * signal's reason.
 */
export async function stressMachine(
  what: 'cpu' | 'memory',
  share: number,
  forMs: number,
  deps: MeansDeps,
): Promise<ActiveFailure> {
  demandShare(share, MAX_SHARE[what], what === 'cpu' ? "the machine's processors" : 'the available memory');
  deps.signal.throwIfAborted();
  const bytes = (readKb('meminfo', 'MemAvailable') ?? freemem()) * share;
  const stress: Stress = what === 'cpu' ? { what, share } : { what, bytes };
  const { name, command } = await chooseStressor(stress, forMs, deps.baseEnv);
  const broke =
    what === 'cpu'
      ? `${showPercent(share)} of the machine's ${availableParallelism()} processors kept busy by ${name}`
      : `${showBytes(bytes)} of the machine's memory (${showPercent(share)} of what was available) held by ${name}`;
  const note = await deps.journal.open(broke, { kind: 'end', processes: [] });
  let group: ProcessGroup;
  try {
    group = await spawnGroup(command, { folder: tmpdir(), env: deps.baseEnv, secrets: [] }, deps.clock);
  } catch (error) {
    await note.close();
    throw error;
  }
  const seen = watchStressor(group, forMs, deps);
  const end = once(async () => {
    await group.stop();
    await seen.stop();
    await note.close();
  });
  let filledBytes: number | null = null;
  try {
    if (what === 'memory') filledBytes = await fill(group, bytes, forMs, deps);
    await note.update({ kind: 'end', processes: (await listGroupPids(group.pid)).map(identify) });
  } catch (error) {
    await end();
    throw error;
  }
  return { broke, end, evidence: async () => describe(stress, await seen.stop(), filledBytes) };
}

/** What was measured of the stressor until it ended. */
interface Seen {
  readonly elapsedMs: number;
  /** Mean of its processor time, in cores; `null`: the platform does not tell. */
  readonly cores: number | null;
  readonly machineShare: number | null;
  readonly mostBytes: number | null;
}

/** Measures it, and ends it when its time has come. */
function watchStressor(
  group: ProcessGroup,
  forMs: number,
  { clock, signal }: MeansDeps,
): { stop(): Promise<Seen> } {
  const startMs = clock.now();
  const over = new AbortController();
  const watch = watchVitals(
    () => listGroupPids(group.pid),
    { clock, epochMs: startMs, signal: over.signal },
    LOOK_MS,
  );
  const waiting = AbortSignal.any([signal, over.signal]);
  const timing = Promise.race([
    group.exited,
    sleep(clock, forMs, waiting).then(
      () => group.stop(),
      () => group.stop(),
    ),
  ]).then(() => over.abort());
  return {
    async stop() {
      over.abort();
      await timing;
      const points = await watch.stop();
      const elapsedMs = points.at(-1)?.atMs ?? 0;
      return {
        elapsedMs,
        cores: meanOf(points.map(({ targetCores }) => targetCores)),
        machineShare: meanOf(points.map(({ machineCpuShare }) => machineCpuShare)),
        mostBytes: points.reduce<number | null>(
          (most, { targetBytes }) => (targetBytes === null ? most : Math.max(most ?? 0, targetBytes)),
          null,
        ),
      };
    },
  };
}

/** Waits until the memory is held; gives what was seen last, `null` where the platform does not tell. */
async function fill(
  group: ProcessGroup,
  bytes: number,
  forMs: number,
  { clock, signal }: MeansDeps,
): Promise<number | null> {
  const ended = group.exited.then(() => true);
  const untilMs = clock.now() + Math.min(FILL_LIMIT_MS, forMs);
  for (;;) {
    const held = await countHeld(group.pid);
    if (held === null || held >= bytes * ENOUGH || clock.now() >= untilMs) return held;
    if (await Promise.race([ended, sleep(clock, FILL_LOOK_MS, signal).then(() => false)])) {
      throw endedEarly(group);
    }
  }
}

/** Resident bytes of the group; `null`: the platform does not tell. */
async function countHeld(group: number): Promise<number | null> {
  if (process.platform !== 'linux') return null;
  const pids = await listGroupPids(group);
  return pids.reduce((sum, pid) => sum + (readKb(`${pid}/status`, 'VmRSS') ?? 0), 0);
}

function describe(
  stress: Stress,
  seen: Seen,
  filledBytes: number | null,
): { value: boolean; evidence: string } {
  const during = `in ${showMs(seen.elapsedMs)}`;
  if (stress.what === 'memory') {
    if (filledBytes === null) {
      return { value: true, evidence: 'the stressor ran; this platform does not tell what it held' };
    }
    const mostBytes = Math.max(filledBytes, seen.mostBytes ?? 0);
    return {
      value: mostBytes >= stress.bytes * ENOUGH,
      evidence: `the stressor held up to ${showBytes(mostBytes)}`,
    };
  }
  const machine = seen.machineShare ?? 0;
  const busy = `the machine's processors were ${showPercent(machine)} busy ${during}`;
  if (seen.cores === null) return { value: machine >= stress.share * ENOUGH, evidence: busy };
  const share = seen.cores / availableParallelism();
  return {
    value: share >= stress.share * ENOUGH_CPU || machine >= stress.share * ENOUGH,
    evidence: `${busy}, ${showPercent(share)} of them by the stressor`,
  };
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function endedEarly(group: ProcessGroup): AppError {
  return new AppError(
    'COMMAND_FAILED',
    'The stressor ended before the memory was held, expected it to stay.',
    {
      hint: 'The kernel may have ended it for want of memory: ask for a smaller share.',
      details: { last_lines: group.output.read().slice(-20) },
    },
  );
}
