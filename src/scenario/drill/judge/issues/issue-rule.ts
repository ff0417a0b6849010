import type { IssueSeverity } from '../judgement.ts';
import type { Seen } from '../seen.ts';

/** One weakness that can be told from the measurements of a drill. */
export interface IssueRule {
  readonly id: string;
  readonly severity: IssueSeverity;
  /** When it applies, for the documents. */
  readonly condition: string;
  /** What was seen, with the figures; `null` where it was not. */
  readonly see: (seen: Seen) => string | null;
  readonly recommendation: string;
  /** Rules of `review_code` that find its cause in code. */
  readonly reviewRules: readonly string[];
}

/** The text where the condition holds. */
export function when(condition: boolean, text: () => string): string | null {
  return condition ? text() : null;
}
