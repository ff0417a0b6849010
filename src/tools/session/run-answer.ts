import type { JsonValue } from '../../types.ts';
import type { RunResult, VerdictValue } from '../../types-run.ts';
import type { ToolContext } from '../tool.ts';
import type { Answer, NextCall } from './answer.ts';
import type { Job } from './jobs.ts';
import { toFacts } from './to-facts.ts';

/** Longest time that a call may wait: hosts give up at 60 s. */
export const DEFAULT_WAIT_SECONDS = 45;

/** The answer of a finished run: the summary, and what to do next. */
export async function answerForRun(result: RunResult): Promise<Answer> {
  const [{ renderRunSummary }, { toRunFacts }] = await Promise.all([
    import('../../scenario/report/summary.ts'),
    import('../../scenario/report/json.ts'),
  ]);
  const { run } = result;
  const failed = result.results.some(({ verdict }) => verdict.value === 'fail');
  const next: NextCall[] = [
    { tool: 'review_code', args: { run_id: run.id } },
    { tool: 'run_report', args: { run_id: run.id, view: 'full' } },
  ];
  return {
    text: `${renderRunSummary(result).trimEnd()}\n\nFull report: breakwater://runs/${run.id}/report.md (.breakwater/runs/${run.id}/report.md)`,
    facts: toFacts(toRunFacts(result)),
    next: failed ? next : next.toReversed(),
    verdict: overallVerdict(result),
  };
}

/** Fail when an item failed, else inconclusive when one is or none was judged, else pass. */
export function overallVerdict(result: RunResult): VerdictValue {
  const values = result.results.map(({ verdict }) => verdict.value);
  if (values.includes('fail')) return 'fail';
  return values.length === 0 || values.includes('inconclusive') ? 'inconclusive' : 'pass';
}

/** Waits for a job, then answers: with its answer, its error, or how far it is and how to go on. */
export async function waitAndAnswer(id: string, waitSeconds: number, context: ToolContext): Promise<Answer> {
  const { session, signal, onProgress } = context;
  const job = await session.jobs.wait(id, waitSeconds * 1_000, signal, ({ done, total, message }) =>
    onProgress(done, total, message),
  );
  if (job === null) throw new Error(`no job ${id}`);
  return answerForJob(job, session.clock.now());
}

/** The answer of a job as it stands. */
export function answerForJob(job: Job, nowMs: number): Answer {
  if (job.error !== null) throw job.error;
  return job.answer ?? answerWhileRunning(job, nowMs);
}

function answerWhileRunning(job: Job, nowMs: number): Answer {
  const { done, total, message } = job.progress;
  const share = total > 0 ? ` (${Math.floor((100 * done) / total)} %)` : '';
  const seconds = Math.round((nowMs - job.startedAtMs) / 1_000);
  const facts: Record<string, JsonValue> = {
    [`${job.kind}_id`]: job.id,
    state: job.state,
    done,
    total,
    message,
    elapsed_seconds: seconds,
  };
  return {
    text: `${job.id} is still running after ${seconds} s: ${Math.floor(done)} of ${total} done${share}. Now: ${message}\nIt goes on by itself; nothing is lost when this call ends.`,
    facts,
    next: [{ tool: 'run_report', args: { run_id: job.id, wait_seconds: DEFAULT_WAIT_SECONDS } }],
    verdict: null,
  };
}
