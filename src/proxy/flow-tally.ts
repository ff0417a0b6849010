/** What is counted of one flow of an exchange. */
export interface FlowTally {
  /** Whether bytes came at all. */
  came: boolean;
  /** Bytes that no record has told of yet. */
  bytes: number;
  waitedMs: number;
  /** Time for which its flow had been kept from being read when its first piece came. */
  pausedBeforeMs: number | null;
  isDropped: boolean;
}

/** Nothing has come yet. */
export function openFlowTally(): FlowTally {
  return { came: false, bytes: 0, waitedMs: 0, pausedBeforeMs: null, isDropped: false };
}
