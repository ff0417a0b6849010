import type { DrillService } from '../../types-means.ts';

/** Whose memory is limited, and how much. */
export interface MemoryTarget {
  readonly service: DrillService;
  /** Its process group. */
  readonly group: number;
  /** Resident memory of all its processes. */
  readonly presentBytes: number;
  /** Room that is left, as a share of what it has. */
  readonly share: number;
}
