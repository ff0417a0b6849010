import { readSurroundings } from '../config.ts';
import { AppError, toAppError } from '../errors.ts';
import { openLog } from '../log.ts';
import { cleanse } from '../policy.ts';
import { mapTexts } from '../texts.ts';
import { type Answer, isQuestion, type NextCall } from '../tools/session/answer.ts';
import { readArguments } from '../tools/session/arguments.ts';
import type { Job } from '../tools/session/jobs.ts';
import { answerForJob } from '../tools/session/run-answer.ts';
import { openSession, type Session } from '../tools/session/session.ts';
import type { AnyTool, ToolContext } from '../tools/tool.ts';
import { printError } from './print-error.ts';
import { openProgress, type ProgressLine } from './progress.ts';
import { showCommand } from './shell-words.ts';

/** Exit status: the run passed, failed, the input was bad, nothing was proved. */
export const EXIT = { pass: 0, fail: 1, badInput: 2, inconclusive: 3 } as const;

export interface ToolRunOptions {
  readonly root: string | null;
  readonly json: boolean;
  /** The user's yes to what the tool would ask. */
  readonly yes: boolean;
}

/** Runs one tool from the shell until its work has ended; gives the exit status. Ctrl-C keeps what was measured. */
export async function runTool(
  tool: AnyTool,
  raw: Readonly<Record<string, unknown>>,
  options: ToolRunOptions,
): Promise<number> {
  const surroundings = readSurroundings({ workspace: options.root });
  const session = openSession(surroundings, openLog(surroundings.logLevel));
  const progress = openProgress(process.stderr);
  try {
    const read = readArguments(tool.input, raw);
    if (!read.ok) throw new AppError('BAD_INPUT', read.messages.join('\n'));
    const answer = await callUntilEnd(tool, read.value, session, progress, options.yes);
    progress.clear();
    const shown = options.json
      ? JSON.stringify(mapTexts(answer.facts, cleanse), null, 2)
      : cleanse(answer.text);
    process.stdout.write(`${shown}\n`);
    if (!options.json && process.stdout.isTTY) process.stdout.write(showNext(answer.next));
    return answer.verdict === null ? EXIT.pass : EXIT[answer.verdict];
  } catch (error) {
    progress.clear();
    printError(toAppError(error), options.json);
    return EXIT.badInput;
  } finally {
    await session.close();
  }
}

/** What a person may type next; other programs read the answer alone. */
function showNext(calls: readonly NextCall[]): string {
  const commands = calls.flatMap((call) => showCommand(call) ?? []);
  return commands.length === 0 ? '' : `\nNext: ${commands.join('\n  or: ')}\n`;
}

async function callUntilEnd(
  tool: AnyTool,
  args: Record<string, unknown>,
  session: Session,
  progress: ProgressLine,
  yes: boolean,
): Promise<Answer> {
  const stop = new AbortController();
  const onInterrupt = () => {
    progress.say('stopping; what was measured is kept');
    stop.abort();
    for (const job of session.jobs.list()) void session.jobs.cancel(job.id);
  };
  process.once('SIGINT', onInterrupt);
  try {
    const granted = new Set<string>();
    const context: ToolContext = { session, signal: stop.signal, onProgress: progress.show, granted };
    const waiting = 'wait_seconds' in args ? { ...args, wait_seconds: 0 } : args;
    let result = await tool.run(waiting, context);
    if (isQuestion(result)) {
      if (!yes && result.otherwise !== null)
        throw new AppError('CONSENT_NEEDED', result.question.message, {
          hint: 'Look at it, then add --yes.',
        });
      granted.add(result.question.id);
      result = await tool.run(waiting, context);
    }
    if (isQuestion(result)) throw new AppError('CONSENT_NEEDED', result.question.message);
    return await afterJob(result, session, progress, stop.signal);
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

async function afterJob(
  answer: Answer,
  session: Session,
  progress: ProgressLine,
  stop: AbortSignal,
): Promise<Answer> {
  const job = session.jobs.list().at(-1);
  if (job === undefined) return answer;
  // Ctrl-C while the tool was still looking for what to start.
  if (stop.aborted) void session.jobs.cancel(job.id);
  const never = new AbortController().signal;
  const ended = await session.jobs.wait(job.id, Number.POSITIVE_INFINITY, never, ({ done, total, message }) =>
    progress.show(done, total, message),
  );
  return answerForJob(ended ?? (job satisfies Job), session.clock.now());
}
