import type { DurabilityRecord } from '../../../types-drill.ts';
import { showMs } from '../../../units.ts';

/** A write that was acknowledged (2xx). */
export interface AcknowledgedWrite {
  /** When the acknowledgement came, ms since the drill began. */
  readonly atMs: number;
}

/** `unknown`: no answer, or one that is neither 2xx nor 404 nor 410. */
export type Fate = 'there' | 'lost' | 'unknown';

export interface JudgedWrite extends AcknowledgedWrite {
  readonly fate: Fate;
}

export interface WriteCounts {
  readonly type: string;
  readonly acknowledged: number;
  readonly refused: number;
  /** Time between two writes. */
  readonly everyMs: number;
  /** ms since the drill began; `null`: nothing was broken. */
  readonly failureAtMs: number | null;
}

/**
 * Chooses at most `limit` writes to read back, in their order: all from the failure on and the newest before it as far
 * as they fit (each side gets at least half, where it has so many), the older ones spread evenly. The last one before
 * the failure is always among them.
 */
export function chooseReads<Write extends AcknowledgedWrite>(
  writes: readonly Write[],
  failureAtMs: number | null,
  limit: number,
): readonly Write[] {
  const sorted = writes.toSorted((a, b) => a.atMs - b.atMs);
  const before = sorted.filter(({ atMs }) => failureAtMs === null || atMs < failureAtMs);
  const since = sorted.slice(before.length);
  const half = Math.ceil(limit / 2);
  const forBefore = Math.min(before.length, Math.max(half, limit - since.length));
  const newest = before.length <= forBefore ? before.length : Math.ceil(forBefore / 2);
  const older = before.slice(0, before.length - newest);
  return [
    ...spread(older, forBefore - newest),
    ...before.slice(before.length - newest),
    ...spread(since, limit - forBefore),
  ];
}

/**
 * Sums up what became of the writes that were read back. The recovery point objective is how far back data may be gone
 * after a failure (ISO 22300: the point to which information must be restored), so its actual value counts from the
 * oldest lost write to the failure. Writes that were acknowledged while the failure lasted and are gone reach beyond
 * it: then it counts to the newest of them, the length of the gap in the data. A gap cannot be seen to be shorter
 * than the time between two writes.
 */
export function recordWrites(judged: readonly JudgedWrite[], counts: WriteCounts): DurabilityRecord {
  const { type, acknowledged, refused } = counts;
  const lost = judged.filter(({ fate }) => fate === 'lost').map(({ atMs }) => atMs);
  const unknown = judged.filter(({ fate }) => fate === 'unknown').length;
  const told = judged.length - unknown;
  const rpoMs = told === 0 ? null : measureGap(lost, counts);
  const reason = explain(judged.length, lost.length, unknown, counts, rpoMs);
  return { type, acknowledged, refused, lost: lost.length, unknown, rpoMs, reason };
}

function measureGap(lost: readonly number[], { everyMs, failureAtMs }: WriteCounts): number {
  if (lost.length === 0) return 0;
  const oldest = Math.min(...lost);
  const newest = Math.max(...lost, failureAtMs ?? 0);
  return Math.max(everyMs, newest - oldest);
}

function explain(
  asked: number,
  lost: number,
  unknown: number,
  { acknowledged }: WriteCounts,
  rpoMs: number | null,
): string {
  if (acknowledged === 0) return 'No write was acknowledged, so none could be lost.';
  const which = asked === acknowledged ? `All ${asked}` : `${asked} of ${acknowledged}`;
  const read = `${which} acknowledged writes were asked for afterwards`;
  const unsure = unknown === 0 ? '' : `; of ${unknown} nothing could be told`;
  if (rpoMs === null) return `${read}, and of none could be told what became of it.`;
  if (lost === 0) return `${read}, and none was gone${unsure}.`;
  return `${read}, and ${lost} were gone, over a stretch of ${showMs(rpoMs)}${unsure}.`;
}

/** `count` of the list, evenly, its first and last among them. */
function spread<Entry>(list: readonly Entry[], count: number): readonly Entry[] {
  if (count >= list.length) return list;
  if (count <= 0) return [];
  const step = count === 1 ? 0 : (list.length - 1) / (count - 1);
  const picked = Array.from({ length: count }, (_, index) => list[Math.round(index * step)]);
  return picked.filter((entry) => entry !== undefined);
}
