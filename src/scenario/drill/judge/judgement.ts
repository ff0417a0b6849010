/** The nouns of what is said about a drill: rows of tables, statements, issues, scores and objectives. */

/** ✅, ⚠️ and ❌ of a report; `none`: there is nothing to judge, or no rule to judge it by. */
export type Mark = 'good' | 'warning' | 'bad' | 'none';

/** One row of the table of a drill. */
export interface MetricRow {
  readonly metric: string;
  readonly before: string;
  readonly during: string;
  readonly after: string;
  readonly mark: Mark;
}

/** What is said about something, with the figures behind it. */
export interface Statement {
  readonly mark: Mark;
  readonly text: string;
}

/** One aspect of the behaviour of the system. */
export interface Behaviour extends Statement {
  readonly aspect: string;
}

/** P0: must be fixed before production; P1: should be; P2: soon after launch. */
export type IssueSeverity = 'P0' | 'P1' | 'P2';

/** One weakness that a drill has shown. */
export interface Issue {
  /** Id of the rule that found it, such as `requests_hang`. */
  readonly id: string;
  readonly drillId: string;
  readonly severity: IssueSeverity;
  /** What was seen, with the figures. */
  readonly seen: string;
  readonly recommendation: string;
  /** Rules of `review_code` that find its cause in code. */
  readonly reviewRules: readonly string[];
}

/** One column of the rubric; points are 0 to 10, to a tenth. */
export interface Points {
  readonly points: number;
  /** The measurements that they come from. */
  readonly because: string;
}

/** Score of one drill by the rubric of docs/drills.md. */
export interface DrillScore {
  readonly gracefulDegradation: Points;
  readonly recoveryTime: Points;
  readonly errorHandling: Points;
  /** Mean of the three columns, 0 to 10. */
  readonly total: number;
}

/** What is said about one drill. */
export interface DrillJudgement {
  readonly drillId: string;
  readonly kind: string;
  readonly failureType: string;
  /** `Database Connection Failure`. */
  readonly title: string;
  /** As the summary names it: `Database Failure`. */
  readonly shortTitle: string;
  /** Why nothing can be concluded from it; `null`: it can. */
  readonly inconclusive: string | null;
  /** Names of the columns before, during and after. */
  readonly columns: readonly [string, string, string];
  readonly metrics: readonly MetricRow[];
  readonly behaviour: readonly Behaviour[];
  /** Worst first; none for an inconclusive drill. */
  readonly issues: readonly Issue[];
  readonly score: DrillScore | null;
}

/** One row of the table of RTO or RPO. */
export interface ObjectiveRow {
  /** `database`, `user_data`. */
  readonly type: string;
  readonly label: string;
  /** ms; `null`: none is set. */
  readonly targetMs: number | null;
  readonly target: string;
  readonly actual: string;
  /** `null`: there is no target, or nothing was measured. */
  readonly met: boolean | null;
  /** Drills in which it was missed. */
  readonly missedIn: readonly string[];
}

/** One thing to do, from the issues of one rule in all drills. */
export interface Recommendation {
  readonly id: string;
  readonly severity: IssueSeverity;
  readonly text: string;
  readonly drillIds: readonly string[];
  readonly reviewRules: readonly string[];
}

/** What is said about all drills that were run together. */
export interface RunJudgement {
  readonly drills: readonly DrillJudgement[];
  /** Mean of the scored drills, 0 to 10; `null`: none was scored. */
  readonly overall: number | null;
  readonly strengths: readonly string[];
  readonly weaknesses: readonly string[];
  readonly risks: readonly string[];
  /** P0 first. */
  readonly recommendations: readonly Recommendation[];
  readonly rto: readonly ObjectiveRow[];
  readonly rpo: readonly ObjectiveRow[];
}
