import { cpus, freemem, totalmem } from 'node:os';
import type { VitalPoint, Watch, WatchDeps } from '../types-watch.ts';
import { watchEvery } from '../watch-every.ts';
import {
  lookAtProcess,
  type ProcessLook,
  readKb,
  readProc,
  readResidentBytes,
  TICKS_PER_SECOND,
} from './processes.ts';

const MS_PER_SECOND = 1_000;

/**
 * Looks at the target's processes and at the machine every `everyMs`, until it is stopped or the signal aborts.
 * The first point tells of the time since the first look, when the drill begins. Linux tells all (proc(5));
 * elsewhere the target's figures and swap are `null`.
 */
export function watchVitals(
  listPids: () => Promise<readonly number[]>,
  deps: WatchDeps,
  everyMs: number,
): Watch<readonly VitalPoint[]> {
  const begin = () => {
    let before: Moment | null = null;
    return async () => {
      const now = await look(listPids, deps);
      const point = before === null ? null : compare(before, now, deps.epochMs);
      before = now;
      return point;
    };
  };
  return watchEvery(begin, deps, everyMs);
}

/** Everything at one moment; counters are since the machine, or the process, began. */
interface Moment {
  readonly atMs: number;
  /** `null`: the platform does not tell. */
  readonly processes: readonly ProcessLook[] | null;
  readonly residentBytes: number | null;
  readonly busyTicks: number;
  readonly allTicks: number;
  readonly memoryShare: number;
  readonly swapUsedBytes: number | null;
  readonly swapPages: number | null;
}

async function look(listPids: () => Promise<readonly number[]>, { clock }: WatchDeps): Promise<Moment> {
  const pids = process.platform === 'linux' ? await listPids().catch(() => null) : null;
  return {
    atMs: clock.now(),
    processes: pids?.flatMap((pid) => lookAtProcess(pid) ?? []) ?? null,
    residentBytes: pids?.reduce((sum, pid) => sum + (readResidentBytes(pid) ?? 0), 0) ?? null,
    ...lookAtProcessors(),
    memoryShare: readMemoryShare(),
    swapUsedBytes: readSwapUsed(),
    swapPages: readSwapPages(),
  };
}

function compare(before: Moment, now: Moment, epochMs: number): VitalPoint {
  const seconds = (now.atMs - before.atMs) / MS_PER_SECOND;
  const ticks = now.allTicks - before.allTicks;
  return {
    atMs: now.atMs - epochMs,
    targetCores:
      before.processes === null || now.processes === null || seconds <= 0
        ? null
        : countTicks(before.processes, now.processes) / TICKS_PER_SECOND / seconds,
    targetBytes: now.residentBytes,
    machineCpuShare: ticks <= 0 ? null : Math.min(1, Math.max(0, (now.busyTicks - before.busyTicks) / ticks)),
    machineMemoryShare: now.memoryShare,
    swapUsedBytes: now.swapUsedBytes,
    swapPages: before.swapPages === null || now.swapPages === null ? null : now.swapPages - before.swapPages,
  };
}

/**
 * Processor time that was spent between two looks, in ticks. A process that ended in between has handed all its
 * time to the parent that waited for it: what was counted before is taken off again. Where nobody of the group
 * waited for it, its time since the last look is lost.
 */
export function countTicks(before: readonly ProcessLook[], now: readonly ProcessLook[]): number {
  const known = new Map(before.map((look) => [nameOf(look), look]));
  let own = 0;
  let handedOver = 0;
  for (const look of now) {
    const earlier = known.get(nameOf(look));
    known.delete(nameOf(look));
    own += look.ownTicks - (earlier?.ownTicks ?? 0);
    handedOver += look.childTicks - (earlier?.childTicks ?? 0);
  }
  for (const gone of known.values()) handedOver -= gone.ownTicks + gone.childTicks;
  return Math.max(0, own) + Math.max(0, handedOver);
}

function nameOf({ pid, startTicks }: ProcessLook): string {
  return `${pid}/${startTicks}`;
}

function lookAtProcessors(): Pick<Moment, 'busyTicks' | 'allTicks'> {
  const line = /^cpu +(.+)$/m.exec(readProc('stat') ?? '')?.[1];
  if (line === undefined) {
    const times = cpus().map((cpu) => cpu.times);
    const idle = times.reduce((sum, time) => sum + time.idle, 0);
    const all = times.reduce(
      (sum, { user, nice, sys, idle: rest, irq }) => sum + user + nice + sys + rest + irq,
      0,
    );
    return { busyTicks: all - idle, allTicks: all };
  }
  // user nice system idle iowait irq softirq steal; the time of guests behind them is part of user.
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, soft = 0, steal = 0] = line
    .split(' ')
    .map(Number);
  const busy = user + nice + system + irq + soft + steal;
  return { busyTicks: busy, allTicks: busy + idle + waiting };
}

function readMemoryShare(): number {
  const available = readKb('meminfo', 'MemAvailable') ?? freemem();
  const total = readKb('meminfo', 'MemTotal') ?? totalmem();
  return 1 - available / total;
}

function readSwapUsed(): number | null {
  const total = readKb('meminfo', 'SwapTotal');
  const free = readKb('meminfo', 'SwapFree');
  return total === null || free === null ? null : total - free;
}

function readSwapPages(): number | null {
  const text = readProc('vmstat');
  if (text === null) return null;
  const counts = [...text.matchAll(/^pswp(?:in|out) (\d+)$/gm)];
  return counts.length === 0 ? null : counts.reduce((sum, [, count]) => sum + Number(count), 0);
}
