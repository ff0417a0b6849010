import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '../../clock.ts';
import { systemErrorCode } from '../../errors.ts';
import type { ActiveFailure } from '../../types-means.ts';
import { showBytes, showPercent } from '../../units.ts';
import { findPlace, listMembers, makeControlGroup, moveInto, removeControlGroup } from '../control-group.ts';
import { once } from './active.ts';
import type { MeansDeps } from './deps.ts';
import type { MemoryTarget } from './memory-target.ts';

/** A group below this cannot even hold the pages of a request. */
const MIN_ROOM_BYTES = 4_000_000;
/** From here on the kernel slows the target down and takes back what it can, before the limit ends a process. */
const HIGH_SHARE = 0.9;

/** Limits the target by a control group of its own; gives the reason where that cannot be done. */
export async function limitByControlGroup(
  target: MemoryTarget,
  forMs: number,
  deps: MeansDeps,
): Promise<ActiveFailure | string> {
  const place = await findPlace(target.group, 'memory');
  if (place === null) return 'no control group above the service has the memory controller of cgroup v2';
  // What a process holds when it is moved stays counted in its old group, so the limit is the room alone.
  const roomBytes = Math.max(MIN_ROOM_BYTES, Math.round(target.presentBytes * target.share));
  const broke = `the target limited to ${showBytes(roomBytes)} more memory (${showPercent(target.share)} of what it had) by a control group`;
  const note = await deps.journal.open(broke, { kind: 'cgroup', ...place });
  const lift = once(async () => {
    await removeControlGroup(place);
    await note.close();
  });
  const obstacle = await setUp(place.folder, roomBytes, target);
  if (obstacle !== null) {
    await lift();
    return `no control group could be made for the service (${obstacle})`;
  }
  let events: MemoryEvents | null = null;
  const end = once(async () => {
    events ??= await readEvents(place.folder);
    over.abort();
    await lift();
  });
  const over = new AbortController();
  void sleep(deps.clock, forMs, AbortSignal.any([deps.signal, over.signal]))
    .then(end, end)
    .catch(() => undefined);
  return { broke, end, evidence: async () => describe(events) };
}

async function setUp(folder: string, roomBytes: number, { service }: MemoryTarget): Promise<string | null> {
  const refused = await makeControlGroup(folder);
  if (refused !== null) return refused;
  try {
    await writeFile(join(folder, 'memory.high'), String(Math.round(roomBytes * HIGH_SHARE)));
    await writeFile(join(folder, 'memory.max'), String(roomBytes));
    await moveInto(folder, await service.listPids());
    // What was born meanwhile was born outside.
    await moveInto(folder, await service.listPids());
    return null;
  } catch (error) {
    return systemErrorCode(error) ?? 'unknown reason';
  }
}

interface MemoryEvents {
  /** The limit was still on, and there was something in the group, or the kernel had ended it. */
  readonly isInForce: boolean;
  readonly high: number;
  readonly max: number;
  readonly oomKill: number;
  readonly peakBytes: number | null;
}

async function readEvents(folder: string): Promise<MemoryEvents> {
  const max = await readFile(join(folder, 'memory.max'), 'utf8').catch(() => 'max');
  const members = await listMembers(folder);
  const text = await readFile(join(folder, 'memory.events'), 'utf8').catch(() => '');
  const peak = await readFile(join(folder, 'memory.peak'), 'utf8').catch(() => '');
  const read = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  return {
    isInForce: max.trim() !== 'max' && members.length + read('oom_kill') > 0,
    high: read('high'),
    max: read('max'),
    oomKill: read('oom_kill'),
    // memory.peak: since Linux 5.19.
    peakBytes: peak === '' ? null : Number(peak),
  };
}

function describe(events: MemoryEvents | null): { value: boolean; evidence: string } {
  if (events === null) return { value: false, evidence: 'the limit is still on' };
  const { isInForce, high, max, oomKill, peakBytes } = events;
  const peak = peakBytes === null ? '' : `, at most ${showBytes(peakBytes)} taken`;
  return {
    value: isInForce || high + max + oomKill > 0,
    evidence: `the limit was ${isInForce ? 'on to the end' : 'not on at the end'}; the kernel slowed the target ${high} times, met the limit ${max} times and ended ${oomKill} processes for want of memory${peak}`,
  };
}
