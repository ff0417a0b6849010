/** One measured row; `figures` carry their unit in the name. */
export interface BenchRow {
  readonly bench: string;
  readonly subject: string;
  readonly figures: Readonly<Record<string, number>>;
  /** What is asked of the figures, where something is, and whether they meet it. */
  readonly goal?: string;
  readonly met?: boolean;
}
