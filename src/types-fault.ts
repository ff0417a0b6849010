/** The nouns of when, and on which requests, a fault acts. */

/** Which requests a fault acts on; what is empty or `null` does not limit. */
export interface FaultLimit {
  readonly methods: readonly string[];
  /** Pattern of the path without query. */
  readonly path: string | null;
  /** `NAME` or `NAME: VALUE`. */
  readonly header: string | null;
}

export type PeriodBound = { readonly percent: number } | { readonly ms: number };
export interface Period {
  readonly start: PeriodBound;
  /** `null`: to the end. */
  readonly duration: PeriodBound | null;
}
