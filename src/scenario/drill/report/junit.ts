import type { DrillRun } from '../../../types-drill.ts';
import { escapeXml } from '../../report/xml.ts';
import { judgeDrillRun } from '../judge/judge.ts';
import type { DrillJudgement, ObjectiveRow, RunJudgement } from '../judge/judgement.ts';
import { describeMissed } from './marks.ts';

/**
 * Drills as JUnit XML, a case for each: it failed where its RTO or an RPO was missed or an issue is P0, and is skipped
 * where it was inconclusive. In the shape of the schema of Jenkins' xunit plugin (junit-10.xsd); times are seconds.
 */
export function renderDrillJunit(run: DrillRun): string {
  const judgement = judgeDrillRun(run);
  const cases = judgement.drills.map((drill) => ({ drill, reasons: listFailures(drill, judgement) }));
  const failures = cases.filter(
    ({ drill, reasons }) => drill.inconclusive === null && reasons.length > 0,
  ).length;
  const skipped = judgement.drills.filter(({ inconclusive }) => inconclusive !== null).length;
  const seconds = (drillId: string) =>
    (run.results.find(({ plan }) => plan.id === drillId)?.endMs ?? 0) / 1_000;
  const total = judgement.drills.reduce((sum, { drillId }) => sum + seconds(drillId), 0).toFixed(3);
  const tests = `tests="${cases.length}" failures="${failures}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeXml(run.id)}" ${tests} time="${total}">`,
    `  <testsuite name="failure drills" ${tests} skipped="${skipped}" time="${total}" timestamp="${run.startedAt.slice(0, 19)}">`,
    ...cases.map(({ drill, reasons }) => renderCase(drill, reasons, seconds(drill.drillId))),
    '  </testsuite>',
    '</testsuites>\n',
  ].join('\n');
}

function renderCase(drill: DrillJudgement, reasons: readonly string[], seconds: number): string {
  const open = `    <testcase classname="${escapeXml(drill.kind)}" name="${escapeXml(`${drill.drillId} ${drill.title}`)}" time="${seconds.toFixed(3)}"`;
  const close = (element: string) => `${open}>\n      ${element}\n    </testcase>`;
  if (drill.inconclusive !== null) return close(`<skipped message="${escapeXml(drill.inconclusive)}"/>`);
  const [first] = reasons;
  if (first === undefined) return `${open}/>`;
  return close(
    `<failure type="drill" message="${escapeXml(first)}">${escapeXml(reasons.join('\n'))}</failure>`,
  );
}

function listFailures({ drillId, issues }: DrillJudgement, { rto, rpo }: RunJudgement): readonly string[] {
  const missed = (name: string, rows: readonly ObjectiveRow[]) =>
    rows.filter(({ missedIn }) => missedIn.includes(drillId)).map((row) => describeMissed(name, row));
  const critical = issues.filter(({ severity }) => severity === 'P0');
  return [
    ...missed('RTO', rto),
    ...missed('RPO', rpo),
    ...critical.map(({ severity, id, seen }) => `${severity} ${id}: ${seen}`),
  ];
}
