import { sleep } from '../clock.ts';
import type { AppConfig } from '../config.ts';
import { AppError } from '../errors.ts';
import { findErrorLine } from './last-lines.ts';
import type { Ending } from './process-group.ts';
import { type RunningService, type StartDeps, type StartOptions, startService } from './start.ts';

/** A service that gives no answer may turn out to be ending within three seconds. */
const LOOK_MS = 50;
const MAX_LOOKS = 60;
/** A service that ends again and again is left as it is after this many new starts. */
const MAX_NEW_STARTS = 10;

/** A service that is started again where it has ended by itself. */
export interface KeptService {
  readonly baseUrl: string;
  /** Looks whether it still runs, and starts it again at the same address where not. `null`: it runs. */
  mend(): Promise<UnaskedEnding | null>;
  stop(): Promise<void>;
}

/** How a service ended that nobody had told to. */
export interface UnaskedEnding extends Ending {
  /** The line of its output that names an error, secrets masked; `null`: there is none. */
  readonly errorLine: string | null;
  /** Why it could not be started again; `null`: it runs again. */
  readonly whyNotAgain: string | null;
}

/**
 * Starts the service as `startService` does, and keeps it: what ended under one fault must not be missing under the
 * next. `mend` gives each ending once.
 *
 * @throws AppError as `startService` does.
 */
export async function keepService(
  app: AppConfig,
  options: StartOptions,
  deps: StartDeps,
): Promise<KeptService> {
  let service = await startService(app, options, deps);
  const { baseUrl, port } = service;
  let isGivenUp = false;
  let newStarts = 0;
  return {
    baseUrl,
    async mend() {
      if (isGivenUp || deps.signal.aborted) return null;
      const ending = await awaitEnding(service, deps);
      if (ending === null || deps.signal.aborted) return null;
      const errorLine = findErrorLine(service.logTail());
      newStarts += 1;
      const again =
        newStarts > MAX_NEW_STARTS
          ? `it had ended ${MAX_NEW_STARTS} times before`
          : await startService(app, { ...options, port }, deps).catch(whyNot);
      deps.signal.throwIfAborted();
      if (typeof again === 'string') isGivenUp = true;
      else service = again;
      return { ...ending, errorLine, whyNotAgain: typeof again === 'string' ? again : null };
    },
    stop: () => service.stop(),
  };
}

/** A process that is just ending may still hold its port; one that answers is not ending. */
async function awaitEnding(service: RunningService, { clock, signal }: StartDeps): Promise<Ending | null> {
  const look = await service.look();
  if (look.answered) return null;
  let ending: Ending | null = null;
  const seen = service.exited.then((how) => {
    ending = how;
  });
  // Counted in looks: a machine that stops for a while must not use the time up.
  for (let at = 0; at < MAX_LOOKS && ending === null && !signal.aborted; at += 1)
    await Promise.race([seen, sleep(clock, LOOK_MS)]);
  return ending;
}

function whyNot(error: unknown): string {
  if (error instanceof AppError) return error.message;
  throw error;
}
