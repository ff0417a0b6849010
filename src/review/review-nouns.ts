/** The nouns of a review, beside those of `types-code.ts`: what is asked, and what is handed to the reports. */
import type { CodeReader } from '../rag/code-reader.ts';
import type { Notice } from '../types.ts';
import type { CodeRange, Finding, Priority } from '../types-code.ts';
import type { RunResult } from '../types-run.ts';
import type { Baseline } from './baseline.ts';
import type { Symptom } from './evidence/symptom.ts';
import type { Effort, Rule, RuleAdvice } from './rule.ts';
import type { ScoreCard } from './score-card.ts';

export type Role = 'developer' | 'sre';

export interface ReviewRequest {
  readonly id: string;
  /** `null`: a review of measurements alone. */
  readonly index: CodeReader | null;
  /** `null`: a review of the code alone. */
  readonly run: RunResult | null;
  /** `GET /orders/{id}` or operation ids; empty: all. */
  readonly operations: readonly string[];
  /** Ids of rules; empty: all. */
  readonly rules: readonly string[];
  /** Rules of the user's own, beside those that are built in. */
  readonly ownRules?: readonly Rule[];
  readonly role: Role;
  /** Earlier reports, as data. */
  readonly contextTexts: readonly ContextText[];
  /** Ids of findings that are known and left out. */
  readonly baseline?: Baseline;
}

export interface ContextText {
  readonly name: string;
  readonly text: string;
}

/** How one operation stands: what was measured, and which findings it reaches. */
export interface EndpointPosture {
  readonly endpoint: string;
  readonly handler: CodeRange | null;
  readonly handlerName: string | null;
  readonly passed: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly findingIds: readonly string[];
  readonly symptoms: readonly Symptom[];
}

/** A diff that mends findings of one rule in one file. */
export interface SuggestedDiff {
  readonly file: string;
  readonly findingIds: readonly string[];
  readonly diff: string;
}

/** One recommendation: all findings of one rule, or, without code, all symptoms of one kind. */
export interface Suggestion {
  /** `null`: from measurements alone. */
  readonly ruleId: string | null;
  readonly title: string;
  readonly summary: string;
  readonly priority: Priority;
  readonly complexity: Effort;
  readonly cost: Effort;
  readonly advice: RuleAdvice;
  /** Of a recommendation from measurements alone: what to change, and the scenario that shows the difference. */
  readonly pattern: { readonly text: string; readonly scenario: string } | null;
  readonly findingIds: readonly string[];
  readonly symptoms: readonly Symptom[];
  readonly diffs: readonly SuggestedDiff[];
}

export interface Review {
  readonly id: string;
  readonly createdAt: string;
  readonly runId: string | null;
  readonly role: Role;
  /** By weight, the heaviest first. */
  readonly findings: readonly Finding[];
  /** Matches whose harm the code alone does not show: places to look at, not findings. */
  readonly leads: readonly Finding[];
  readonly notices: readonly Notice[];
  readonly endpoints: readonly EndpointPosture[];
  readonly symptoms: readonly Symptom[];
  /** Of each operation, then of each function with a finding. */
  readonly scores: readonly ScoreCard[];
  /** By priority and weight. */
  readonly suggestions: readonly Suggestion[];
  readonly scope: ReviewScope;
  readonly contextTexts: readonly ContextText[];
}

export interface ReviewScope {
  readonly operations: readonly string[];
  /** `null`: no code was read. */
  readonly root: string | null;
  readonly filesReviewed: number;
  readonly routes: number;
  readonly rules: readonly string[];
}
