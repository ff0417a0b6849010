/** What a run can show of a weakness; `edge_only` clears the target instead of accusing it. */
export type SymptomKind =
  | 'breakdown'
  | 'hang'
  | 'hang_on_error'
  | 'retry_multiplication'
  | 'unclear_error'
  | 'slow_beyond_fault'
  | 'slow_recovery'
  | 'edge_only';

/** One measured sign of how the target behaved in one item of a run. */
export interface Symptom {
  readonly kind: SymptomKind;
  readonly runId: string;
  readonly itemId: string;
  readonly endpoint: string;
  readonly scenarioTitle: string;
  /** What was seen, in one sentence. */
  readonly seen: string;
  readonly figures: string;
  /** How sure the measurement itself is, 0 to 1. */
  readonly strength: number;
}
