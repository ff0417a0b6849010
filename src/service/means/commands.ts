import { AppError } from '../../errors.ts';
import { redact } from '../../policy.ts';
import type { ActiveFailure } from '../../types-means.ts';
import { showMs } from '../../units.ts';
import { type CommandResult, listFixedEnv, runCommand } from '../command.ts';
import { once, showCommand } from './active.ts';
import type { AppMeansDeps } from './deps.ts';

/** A container takes ten seconds to stop when it ignores the signal; this is far above. */
const TIMEOUT_MS = 60_000;

/**
 * Runs `stop` in the workspace, without a shell, for a minute at most; `end` runs `start` alike. Where `stop`
 * fails, `start` is run at once, since it may have stopped something.
 *
 * @throws AppError COMMAND_FAILED with the exit code and the last lines; SERVICE_NOT_READY when the program cannot
 * be started; the signal's reason when it aborts while `stop` runs.
 */
export async function stopByCommand(
  stop: readonly string[],
  start: readonly string[],
  deps: Omit<AppMeansDeps, 'allowHosts'>,
): Promise<ActiveFailure> {
  const broke = `stopped by ${showCommand(stop.map(redact))}`;
  const note = await deps.journal.open(broke, {
    kind: 'command',
    command: [...start],
    folder: deps.app.folder,
  });
  let started: CommandResult | null = null;
  const end = once(async () => {
    started = await runStartCommand(start, deps);
    await note.close();
  });
  let stopped: CommandResult;
  try {
    stopped = await run(stop, deps, deps.signal);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    broke,
    end,
    async evidence() {
      const before = `${showCommand(stop.map(redact))} ended with exit code 0 after ${showMs(stopped.elapsedMs)}`;
      const after =
        started === null
          ? 'the start command has not run'
          : `${showCommand(start.map(redact))} after ${showMs(started.elapsedMs)}`;
      return { value: true, evidence: `${before}, ${after}` };
    },
  };
}

/**
 * Runs the command that starts again what a drill has stopped; no cancelling stops it.
 *
 * @throws AppError COMMAND_FAILED that names the command to be run by hand.
 */
export function runStartCommand(
  start: readonly string[],
  deps: Pick<AppMeansDeps, 'app' | 'clock' | 'baseEnv'>,
): Promise<CommandResult> {
  return run(start, deps, new AbortController().signal).catch((cause: unknown) => {
    throw new AppError(
      'COMMAND_FAILED',
      `What the drill stopped was not started again: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        hint: `Start it by hand, in ${deps.app.folder}: ${redact(start.join(' '))}`,
        details: cause instanceof AppError ? cause.details : {},
        cause,
      },
    );
  });
}

async function run(
  command: readonly string[],
  { app, clock, baseEnv }: Pick<AppMeansDeps, 'app' | 'clock' | 'baseEnv'>,
  signal: AbortSignal,
): Promise<CommandResult> {
  // A stopping command has nothing to do with the service's port or with the proxies.
  const options = { folder: app.folder, env: listFixedEnv(app), timeoutMs: TIMEOUT_MS };
  const result = await runCommand(command, options, { clock, baseEnv, signal });
  if (result.ok) return result;
  const how = result.timedOut
    ? `did not end within ${showMs(TIMEOUT_MS)}`
    : result.code === null
      ? `was ended by ${result.signal}`
      : `ended with exit code ${result.code}`;
  throw new AppError(
    'COMMAND_FAILED',
    `The command ${showCommand(command.map(redact))} ${how}, expected exit code 0.`,
    {
      hint: 'Try it by hand in the folder of breakwater.yaml; no shell reads it, and a program that it leaves running must be a daemon of its own.',
      details: { exit_code: result.code, signal: result.signal, last_lines: result.lastLines.slice(-20) },
    },
  );
}
