import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { cleanse } from '../../policy.ts';
import type { Store } from '../../store.ts';
import { mapTexts } from '../../texts.ts';
import type { DrillRun } from '../../types-drill.ts';
import { quote } from '../../units.ts';
import type { Answer } from './answer.ts';

const ID = /^drl_[0-9a-f]+$/;
const keptAnswer = z.object({
  text: z.string(),
  facts: z.record(z.string(), z.json()),
  next: z.array(z.object({ tool: z.string(), args: z.record(z.string(), z.json()) })),
  verdict: z.enum(['pass', 'fail', 'inconclusive']).nullable(),
});

/** Keeps what is known of drills below `drills/<id>/`, secrets masked; the reports are written once they have ended. */
export async function keepDrillRun(seen: DrillRun, store: Store): Promise<void> {
  const run = mapTexts(seen, cleanse);
  const { renderDrillJson } = await import('../../scenario/drill/report/json.ts');
  const write = (name: string, text: string) => store.writeText(`drills/${run.id}/${name}`, text);
  await write('drill.json', renderDrillJson(run));
  if (run.endedAt === null) return;
  const [{ renderDrillMarkdown }, { renderDrillHtml }, { renderDrillJunit }] = await Promise.all([
    import('../../scenario/drill/report/markdown.ts'),
    import('../../scenario/drill/report/html.ts'),
    import('../../scenario/drill/report/junit.ts'),
  ]);
  await write('report.md', renderDrillMarkdown(run));
  await write('report.html', renderDrillHtml(run));
  await write('junit.xml', renderDrillJunit(run));
}

/** Keeps the answer itself, for a process that asks later. */
export async function keepDrillAnswer(id: string, answer: Answer, store: Store): Promise<void> {
  await store.writeText(
    `drills/${id}/answer.json`,
    `${JSON.stringify(mapTexts(answer, cleanse), null, 2)}\n`,
  );
}

/** Whether an id names drills. */
export function isDrillId(id: string): boolean {
  return ID.test(id);
}

/**
 * The answer of drills that another process has run.
 *
 * @throws AppError NOT_FOUND when there are none of that id.
 */
export async function readDrillAnswer(id: string, store: Store): Promise<Answer> {
  const kept = await store.readText(`drills/${id}/answer.json`);
  if (kept !== null) return keptAnswer.parse(JSON.parse(kept));
  if ((await store.readText(`drills/${id}/drill.json`)) === null)
    throw new AppError('NOT_FOUND', `There are no drills ${quote(id)} in this workspace.`, {
      hint: 'drill_run makes them.',
    });
  return {
    text: `The drills ${id} have not come to their end: they still run in another process, or it was ended. What was measured until then is in .breakwater/drills/${id}/drill.json; what was left broken is mended by the next drill_run.`,
    facts: { drill_id: id, state: 'running' },
    next: [{ tool: 'drill_run', args: {} }],
    verdict: 'inconclusive',
  };
}
