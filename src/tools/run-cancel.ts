import { z } from 'zod';
import { AppError } from '../errors.ts';
import { quote } from '../units.ts';
import type { Answer } from './session/answer.ts';
import { answerForJob } from './session/run-answer.ts';
import { defineTool } from './tool.ts';

/** Ends a run. */
export default defineTool({
  name: 'run_cancel',
  title: 'Cancel a run',
  description:
    'Ends a run, verification or indexing that is still going, within a second, and keeps what was measured until then. Answers with that. Use it when a run takes too long or does harm; nothing else ends one.',
  input: z.strictObject({ run_id: z.string().describe('Id of what is to end; or "latest"') }),
  nature: { readOnly: false, destructive: false, idempotent: true, openWorld: false },
  async run({ run_id }, { session }): Promise<Answer> {
    const state = session.jobs.find(run_id)?.state;
    const job = await session.jobs.cancel(run_id);
    if (job === null) {
      const running = session.jobs.list().filter(({ state }) => state === 'running');
      throw new AppError('NOT_FOUND', `Nothing with the id ${quote(run_id)} was started by this process.`, {
        hint:
          running.length === 0
            ? 'Nothing is running.'
            : `Running: ${running.map(({ id }) => id).join(', ')}.`,
      });
    }
    if (job.answer === null && job.state === 'cancelled') {
      return {
        text: `${job.id} was cancelled before anything was measured.`,
        facts: { run_id: job.id, state: job.state },
        next: [],
        verdict: 'inconclusive',
      };
    }
    const answer = answerForJob(job, session.clock.now());
    return state === 'running'
      ? answer
      : { ...answer, text: `${job.id} had already ended; there was nothing to cancel.\n\n${answer.text}` };
  },
});
