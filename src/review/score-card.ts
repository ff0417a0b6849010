import type { CodeRange } from '../types-code.ts';

/** What lowered a score: a finding or a measurement, and by which factor. */
export interface Deduction {
  readonly reason: string;
  /** Share that it takes from what is left, 0 to 1. */
  readonly weight: number;
}

/** 1: nothing that we look for was seen; near 0: most of it was. */
export interface Score {
  /** 0 to 1, two digits. */
  readonly value: number;
  readonly deductions: readonly Deduction[];
}

/** How an operation or a function stands, and what that was told from. */
export interface ScoreCard {
  /** `GET /orders/{id}`, or the name of a function. */
  readonly subject: string;
  readonly kind: 'operation' | 'function';
  readonly place: CodeRange | null;
  readonly reliability: Score;
  readonly performance: Score;
  readonly basis: 'code and measurements' | 'code' | 'measurements';
}
