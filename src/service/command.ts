import { type Clock, sleep } from '../clock.ts';
import type { AppConfig } from '../config.ts';
import type { StringMap } from '../types.ts';
import { fillPlaceholders, hasPlaceholder } from './placeholders.ts';
import { type Ending, spawnGroup } from './process-group.ts';
import { listSecrets } from './secrets.ts';

/** How a command of the project (install, test) ended; a failing test is a result, not an error. */
export interface CommandResult extends Ending {
  /** It ended by itself with exit code 0. */
  readonly ok: boolean;
  readonly timedOut: boolean;
  readonly elapsedMs: number;
  /** Last 200 lines of its output, secrets masked. */
  readonly lastLines: readonly string[];
}

export interface CommandOptions {
  readonly folder: string;
  /** Added to `baseEnv`. */
  readonly env: StringMap;
  readonly timeoutMs: number;
}

export interface CommandDeps {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What the command inherits: `serviceEnv` of `Surroundings`. */
  readonly baseEnv: StringMap;
}

/**
 * Runs a command of the project to its end, without a shell, and stops all of it after `timeoutMs`.
 *
 * @throws AppError SERVICE_NOT_READY when the program cannot be started; the signal's reason when it aborts.
 */
export async function runCommand(
  command: readonly string[],
  options: CommandOptions,
  deps: CommandDeps,
): Promise<CommandResult> {
  deps.signal.throwIfAborted();
  const startMs = deps.clock.now();
  const env = { ...deps.baseEnv, ...options.env };
  const spawnOptions = { folder: options.folder, env, secrets: listSecrets(options.env) };
  const group = await spawnGroup(command, spawnOptions, deps.clock);
  const over = new AbortController();
  const signal = AbortSignal.any([deps.signal, over.signal]);
  const timedOut = await Promise.race([
    group.exited.then(() => false),
    sleep(deps.clock, options.timeoutMs, signal).then(
      () => true,
      () => false,
    ),
  ]);
  over.abort();
  await group.stop();
  deps.signal.throwIfAborted();
  const ending = await group.exited;
  return {
    ...ending,
    ok: ending.code === 0 && !timedOut,
    timedOut,
    elapsedMs: deps.clock.now() - startMs,
    lastLines: group.output.read(),
  };
}

/** The variables of `app.env` that mean something without a running service: those without placeholders. */
export function listFixedEnv(app: Pick<AppConfig, 'env'>): StringMap {
  return Object.fromEntries(
    Object.entries(app.env)
      .filter(([, value]) => !hasPlaceholder(value))
      .map(([name, value]) => [name, fillPlaceholders(value, {}, `app.env.${name}`)]),
  );
}
