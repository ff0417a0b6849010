/** One measured row; `figures` carry their unit in the name. */
export interface BenchRow {
  readonly bench: string;
  readonly subject: string;
  readonly figures: Readonly<Record<string, number>>;
}
