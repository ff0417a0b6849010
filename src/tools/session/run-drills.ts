import type { AppConfig, Config } from '../../config.ts';
import type { DrillJudgement, RunJudgement } from '../../scenario/drill/judge/judgement.ts';
import type { DrillRequest } from '../../scenario/drill/run-drills.ts';
import type { JsonValue } from '../../types.ts';
import type { DrillRun } from '../../types-drill.ts';
import type { VerdictValue } from '../../types-run.ts';
import type { Answer } from './answer.ts';
import { openDrillGround } from './drill-ground.ts';
import { keepDrillAnswer, keepDrillRun } from './drill-store.ts';
import type { JobHandle } from './jobs.ts';
import { repairDrills } from './repair-drills.ts';
import type { Session } from './session.ts';

/** Runs drills on the workspace's own service and keeps them in the store; everything is ended again, whatever happens. */
export async function runAndKeepDrills(
  request: DrillRequest,
  place: { readonly config: Config; readonly app: AppConfig },
  session: Session,
  handle: JobHandle,
): Promise<Answer> {
  const [{ runDrills }, store] = await Promise.all([
    import('../../scenario/drill/run-drills.ts'),
    session.openStore(),
  ]);
  const total = request.config.run.length;
  const { lines } = await repairDrills(session.surroundings, session.clock);
  for (const line of lines) session.log.warn(line);
  handle.report({ done: 0, total, message: 'starting the service' });
  const ground = await openDrillGround(request, place, session, handle);
  try {
    const run = await runDrills(request, {
      ...ground.deps,
      keep: (known) => keepDrillRun(known, store),
      onProgress: (done, message) => handle.report({ done, total, message }),
    });
    const found = await answerForDrills(run);
    const answer = { ...found, text: [...lines, found.text].join('\n\n') };
    await keepDrillAnswer(run.id, answer, store);
    return answer;
  } finally {
    await ground.close();
  }
}

/** The answer of drills that have ended: a table, the worst issues, and where the report is. */
export async function answerForDrills(run: DrillRun): Promise<Answer> {
  const [{ judgeDrillRun }, { renderDrillSummary }] = await Promise.all([
    import('../../scenario/drill/judge/judge.ts'),
    import('../../scenario/drill/report/summary.ts'),
  ]);
  const judgement = judgeDrillRun(run);
  const rules = [...new Set(judgement.recommendations.flatMap(({ reviewRules }) => reviewRules))];
  return {
    text: `${renderDrillSummary(run)}\n\nFull report: breakwater://drills/${run.id}/report.md (.breakwater/drills/${run.id}/report.md)`,
    facts: {
      drill_id: run.id,
      state: run.state,
      overall_score: judgement.overall,
      drills: judgement.drills.map((drill) => toDrillFacts(drill, run)),
      rto: judgement.rto.map(({ type, target, actual, met }) => ({ type, target, actual, met })),
      rpo: judgement.rpo.map(({ type, target, actual, met }) => ({ type, target, actual, met })),
    },
    next: [{ tool: 'review_code', args: rules.length === 0 ? {} : { rules } }],
    verdict: weigh(run, judgement),
  };
}

function toDrillFacts(drill: DrillJudgement, { results }: DrillRun): Readonly<Record<string, JsonValue>> {
  const result = results.find(({ plan }) => plan.id === drill.drillId);
  return {
    id: drill.drillId,
    inconclusive: drill.inconclusive,
    score: drill.score?.total ?? null,
    recovered_after_ms: result?.recovery?.recoveredAfterMs ?? null,
    issues: drill.issues.map(({ id, severity, seen }) => ({ id, severity, seen })),
  };
}

/** Fail when an objective was missed or something must be fixed before production; inconclusive when a drill is. */
function weigh({ results }: DrillRun, { drills, rto, rpo }: RunJudgement): VerdictValue {
  const missed = [...rto, ...rpo].some(({ met }) => met === false);
  const grave = drills.some(({ issues }) => issues.some(({ severity }) => severity === 'P0'));
  if (missed || grave) return 'fail';
  const doubt = results.length === 0 || drills.some(({ inconclusive }) => inconclusive !== null);
  return doubt ? 'inconclusive' : 'pass';
}
