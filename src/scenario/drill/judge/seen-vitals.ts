import type { DrillPhase } from '../../../types-drill.ts';
import type { VitalPoint } from '../../../types-watch.ts';
import type { Span } from '../phases.ts';
import { meanOf } from './figures.ts';

/** What one phase cost the target and the machine; `null`: the platform does not tell. */
export interface VitalsSeen {
  /** Means; cores that the target's processes kept busy, and the share of all cores, 0 to 1. */
  readonly targetCores: number | null;
  readonly machineCpuShare: number | null;
  /** Peaks; the share is of the machine's memory, 0 to 1. */
  readonly targetBytes: number | null;
  readonly machineMemoryShare: number | null;
  readonly swapUsedBytes: number | null;
  /** Pages read from and written to swap, per second. */
  readonly swapPagesPerSecond: number | null;
}

/** Sums up the vitals by phase. */
export function seeVitals(
  points: readonly VitalPoint[],
  spans: Readonly<Record<DrillPhase, Span>>,
): Readonly<Record<DrillPhase, VitalsSeen>> {
  const see = ({ startMs, endMs }: Span): VitalsSeen => {
    const own = points.filter(({ atMs }) => atMs >= startMs && atMs < endMs);
    const peak = (pick: (point: VitalPoint) => number | null) => {
      const known = own.map(pick).filter((value) => value !== null);
      return known.length === 0 ? null : Math.max(...known);
    };
    const pages = own.map(({ swapPages }) => swapPages).filter((value) => value !== null);
    const seconds = Math.max(endMs - startMs, 1) / 1_000;
    return {
      targetCores: meanOf(own.map(({ targetCores }) => targetCores)),
      machineCpuShare: meanOf(own.map(({ machineCpuShare }) => machineCpuShare)),
      targetBytes: peak(({ targetBytes }) => targetBytes),
      machineMemoryShare: peak(({ machineMemoryShare }) => machineMemoryShare),
      swapUsedBytes: peak(({ swapUsedBytes }) => swapUsedBytes),
      swapPagesPerSecond: pages.length === 0 ? null : pages.reduce((sum, each) => sum + each, 0) / seconds,
    };
  };
  return { baseline: see(spans.baseline), failure: see(spans.failure), recovery: see(spans.recovery) };
}
