import type { DrillConfig, DrillResult, DrillRun } from '../../../types-drill.ts';
import { DRILLS } from '../drills/index.ts';
import {
  gatherRecommendations,
  type Judged,
  listRisks,
  listStrengths,
  listWeaknesses,
} from './conclusions.ts';
import { listIssues } from './issues/list-issues.ts';
import type { DrillJudgement, RunJudgement } from './judgement.ts';
import { judgeRpo, judgeRto } from './objectives.ts';
import { scoreDrill } from './rubric.ts';
import { SECTIONS, sectionOf } from './sections.ts';
import { type Seen, seeDrill } from './seen.ts';

/**
 * Judges all drills of a run by stated rules: rows and behaviour of each, issues, scores, objectives, and what
 * follows from them together. It looks only at what was measured, so that the same run is always judged alike.
 */
export function judgeDrillRun({ results, config }: DrillRun): RunJudgement {
  const drills = sortByReference(results.map((result) => judgeDrill(result, config)));
  const scores = drills.flatMap(({ judgement }) => (judgement.score === null ? [] : [judgement.score.total]));
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return {
    drills: drills.map(({ judgement }) => judgement),
    overall: scores.length === 0 ? null : Math.round(mean * 10) / 10,
    strengths: listStrengths(drills),
    weaknesses: listWeaknesses(drills),
    risks: listRisks(drills),
    recommendations: gatherRecommendations(drills),
    rto: judgeRto(results, config),
    rpo: judgeRpo(results, config),
  };
}

function judgeDrill(result: DrillResult, config: DrillConfig): Judged {
  const seen = seeDrill(result, config);
  const { kind, id } = result.plan;
  const section = sectionOf(seen.failureType, DRILLS.find((drill) => drill.kind === kind)?.title ?? kind);
  const inconclusive = findDoubt(seen);
  const suffix = id === kind ? '' : ` (${id})`;
  const judgement: DrillJudgement = {
    drillId: id,
    kind,
    failureType: seen.failureType,
    title: section.title + suffix,
    shortTitle: section.shortTitle + suffix,
    inconclusive,
    columns: section.columns,
    metrics: section.metrics.map((metric) => withoutMark(metric(seen), inconclusive)),
    behaviour: section.behaviour.map(([aspect, tell]) =>
      withoutMark({ aspect, ...tell(seen) }, inconclusive),
    ),
    issues: inconclusive === null ? listIssues(seen) : [],
    score: inconclusive === null ? scoreDrill(seen) : null,
  };
  return { judgement, seen };
}

/** Why nothing can be concluded from a drill; `null`: it can. */
function findDoubt({ result, before }: Seen): string | null {
  if (result.state !== 'finished')
    return (
      result.problem ?? (result.state === 'cancelled' ? 'it was cancelled' : 'it did not come to its end')
    );
  if (!result.acted.value) return `the failure did not act: ${result.acted.evidence}`;
  if (before.requests === 0) return 'no request was measured before the failure';
  return null;
}

/** Of an inconclusive drill figures are shown, and none is called good or bad. */
function withoutMark<Row extends { readonly mark: DrillJudgement['metrics'][number]['mark'] }>(
  row: Row,
  inconclusive: string | null,
): Row {
  return inconclusive === null ? row : { ...row, mark: 'none' };
}

function sortByReference(drills: readonly Judged[]): readonly Judged[] {
  const place = ({ judgement }: Judged) => {
    const index = SECTIONS.findIndex(({ failureType }) => failureType === judgement.failureType);
    return index < 0 ? SECTIONS.length : index;
  };
  return drills.toSorted((left, right) => place(left) - place(right));
}
