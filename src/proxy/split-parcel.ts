import type { Split } from './fault.ts';
import type { Held } from './lane.ts';
import type { Parcel } from './parcel.ts';
import type { ActiveFault } from './program.ts';

/** The parts in which a fault lets a piece leave that came to it at `atMs`, then what it does after them. */
export function splitParcel(
  parcel: Parcel,
  { departures, act }: Split,
  fault: ActiveFault,
  atMs: number,
): readonly Held[] {
  let offset = 0;
  const parts = departures.map(({ bytes, dueMs, turn = null }, place): Held => {
    const data = parcel.data?.subarray(offset, offset + bytes) ?? null;
    const last = parcel.last && act === null && place === departures.length - 1;
    offset += bytes;
    return { parcel: { ...parcel, data, last }, atMs, wantedMs: dueMs, dueMs, turn, byFault: dueMs > atMs };
  });
  if (act === null) return parts;
  const marker: Parcel = {
    ...parcel,
    data: null,
    kind: 'end',
    role: 'act',
    last: false,
    act: act.act,
    actor: fault,
  };
  return [
    ...parts,
    { parcel: marker, atMs, wantedMs: act.atMs, dueMs: act.atMs, turn: null, byFault: false },
  ];
}
