import { stat } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import type { AppConfig } from '../config.ts';
import { AppError } from '../errors.ts';
import { redact } from '../policy.ts';
import type { StringMap } from '../types.ts';
import { quote, showMs } from '../units.ts';
import { findFreePort } from './free-port.ts';
import { pickLastLines } from './last-lines.ts';
import { fillPlaceholders, hasPlaceholder, listPlaceholders } from './placeholders.ts';
import { type Ending, type ProcessGroup, spawnGroup } from './process-group.ts';
import { type Look, lookOnce, type Readiness, waitUntilReady } from './ready.ts';
import { listSecrets } from './secrets.ts';

const BUSY_LOOK_MS = 500;
/** A service that is busy may take this long to answer a look. */
const LOOK_MS = 5_000;

/** The user's service under test, started and ready. */
export interface RunningService {
  /** Origin of its ready URL, else `http://127.0.0.1:PORT`. */
  readonly baseUrl: string;
  readonly port: number;
  readonly pid: number;
  /** Last 200 lines of its output, secrets masked. */
  readonly logTail: () => readonly string[];
  /** Looks once whether it is ready; a service that does not answer within 5 s gives no answer. */
  look(): Promise<Look>;
  /** SIGTERM to its process group, SIGKILL after 3 s; resolves once it has ended. May be called again. */
  stop(): Promise<void>;
  /** Resolves once it has ended, by itself or by `stop`. */
  readonly exited: Promise<Ending>;
}

export interface StartOptions {
  /** Where the command runs: the workspace or a scratch copy of it. */
  readonly folder: string;
  /** Name to `host:port` of its proxy. */
  readonly dependencies: StringMap;
  readonly readyTimeoutMs: number;
  /** Where it listens, if the configuration leaves it the choice; absent: a free port. */
  readonly port?: number;
}

/** A service that was started and need not be ready yet. */
export interface LaunchedService extends RunningService {
  /** SIGKILL to its process group; resolves once it has ended. */
  kill(): Promise<void>;
  /**
   * Resolves once it is ready; it is left running when it is not.
   *
   * @throws AppError SERVICE_NOT_READY with what was seen and the last lines of its output.
   */
  untilReady(timeoutMs: number): Promise<void>;
}

export interface StartDeps {
  readonly clock: Clock;
  /** Stops the service when it aborts, also after it was ready. */
  readonly signal: AbortSignal;
  /** What the service inherits: `serviceEnv` of `Surroundings`. */
  readonly baseEnv: StringMap;
}

/**
 * Starts the service by its configured command on a free port, its dependencies routed by placeholders, and
 * waits until it is ready. Whatever goes wrong, nothing is left running.
 *
 * @throws AppError SERVICE_NOT_READY with what was seen and the last lines of its output; CONFIG_INVALID for a
 * placeholder that stands for nothing; PORT_IN_USE when something else answers at its ready URL.
 */
export async function startService(
  app: AppConfig,
  options: StartOptions,
  deps: StartDeps,
): Promise<RunningService> {
  const service = await launchService(app, options, deps);
  try {
    await service.untilReady(options.readyTimeoutMs);
  } catch (error) {
    await service.stop();
    throw error;
  }
  return service;
}

/**
 * Starts the service as `startService` does, without waiting until it is ready.
 *
 * @throws AppError SERVICE_NOT_READY when the program cannot be started; CONFIG_INVALID and PORT_IN_USE as above.
 */
export async function launchService(
  app: AppConfig,
  options: Omit<StartOptions, 'readyTimeoutMs'>,
  deps: StartDeps,
): Promise<LaunchedService> {
  deps.signal.throwIfAborted();
  await demandFolder(options.folder);
  const plan = planStart(app, options.port ?? (await findFreePort()), options.dependencies);
  await demandFreeAddress(plan.readiness, deps.signal);
  const env = { ...deps.baseEnv, ...plan.env };
  const group = await spawnGroup(
    plan.command,
    { folder: options.folder, env, secrets: listSecrets(plan.env) },
    deps.clock,
  );
  const stopOnAbort = () => void group.stop();
  deps.signal.addEventListener('abort', stopOnAbort, { once: true });
  void group.exited.then(() => deps.signal.removeEventListener('abort', stopOnAbort));
  return {
    baseUrl: plan.baseUrl,
    port: plan.port,
    pid: group.pid,
    logTail: () => group.output.read(),
    look: () => lookOnce(plan.readiness, LOOK_MS, deps.signal),
    stop: () => group.stop(),
    kill: () => group.kill(),
    exited: group.exited,
    untilReady: (timeoutMs) => demandReady(plan, group, timeoutMs, deps),
  };
}

interface StartPlan {
  readonly command: readonly string[];
  readonly env: StringMap;
  readonly readiness: Readiness;
  readonly baseUrl: string;
  readonly port: number;
}

function planStart(app: AppConfig, freePort: number, dependencies: StringMap): StartPlan {
  const values = listPlaceholders(freePort, dependencies);
  const command = app.command.map((word) => fillPlaceholders(word, values, 'app.command'));
  const env = Object.fromEntries(
    Object.entries(app.env).map(([name, value]) => [
      name,
      fillPlaceholders(value, values, `app.env.${name}`),
    ]),
  );
  if (app.ready === null) {
    demandPortUsed(app);
    const baseUrl = `http://127.0.0.1:${freePort}`;
    return { command, env, readiness: { kind: 'port', port: freePort }, baseUrl, port: freePort };
  }
  const url = readUrl(fillPlaceholders(app.ready, values, 'app.ready'));
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { command, env, readiness: { kind: 'url', url: url.href }, baseUrl: url.origin, port };
}

function demandPortUsed(app: AppConfig): void {
  const texts = [...app.command, ...Object.values(app.env)];
  if (texts.some((text) => hasPlaceholder(text, 'port'))) return;
  throw new AppError('CONFIG_INVALID', 'Neither app.command nor app.env of breakwater.yaml holds {port}.', {
    hint: 'Pass the port on, for example env: { PORT: "{port}" }, or, when the service has a fixed port, give app.ready with that port.',
  });
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && ['http:', 'https:'].includes(url.protocol)) return url;
  throw new AppError('CONFIG_INVALID', `app.ready of breakwater.yaml must be a URL, got ${quote(text)}.`, {
    hint: 'Write it in full, for example http://127.0.0.1:{port}/health.',
  });
}

async function demandFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() === true) return;
  throw new AppError('NOT_FOUND', `The folder ${folder} to start the service in does not exist.`);
}

/** An answer before the start would come from another process, and be measured in the service's place. */
async function demandFreeAddress(readiness: Readiness, signal: AbortSignal): Promise<void> {
  const look = await lookOnce(readiness, BUSY_LOOK_MS, signal);
  signal.throwIfAborted();
  if (!look.taken) return;
  const place = showPlace(readiness);
  throw new AppError(
    'PORT_IN_USE',
    `Before the service was started, something already listened at ${place}.`,
    {
      hint: 'Use {port} in app.ready and in the command or env, so that a free port is taken; or stop the other process.',
    },
  );
}

async function demandReady(
  plan: StartPlan,
  group: ProcessGroup,
  timeoutMs: number,
  deps: StartDeps,
): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([deps.signal, over.signal]);
  const waiting = waitUntilReady(plan.readiness, timeoutMs, { clock: deps.clock, signal });
  const first = await Promise.race([
    waiting.then((look) => ({ look, ending: null })),
    group.exited.then((ending) => ({ look: null, ending })),
  ]).finally(() => over.abort());
  await waiting.catch(() => undefined);
  deps.signal.throwIfAborted();
  if (first.ending !== null) throw endedTooEarly(plan, group, first.ending);
  if (!first.look.ready) throw neverReady(plan, group, first.look, timeoutMs);
}

function endedTooEarly(plan: StartPlan, group: ProcessGroup, ending: Ending): AppError {
  const how = ending.code === null ? `was ended by ${ending.signal}` : `ended with exit code ${ending.code}`;
  return new AppError(
    'SERVICE_NOT_READY',
    `The service ${how} before ${showPlace(plan.readiness)} was ready.`,
    {
      hint: `The last lines of its output say why. The command must stay in the foreground; try it by hand: ${redact(plan.command.join(' '))}`,
      details: {
        exit_code: ending.code,
        signal: ending.signal,
        last_lines: pickLastLines(group.output.read()),
      },
    },
  );
}

function neverReady(plan: StartPlan, group: ProcessGroup, look: Look, timeoutMs: number): AppError {
  const expected = plan.readiness.kind === 'url' ? 'an answer below 500' : 'an accepted connection';
  return new AppError(
    'SERVICE_NOT_READY',
    `The service was not ready within ${showMs(timeoutMs)}: ${showPlace(plan.readiness)} ${look.seen}, expected ${expected}.`,
    {
      hint: 'Check app.ready and the port in breakwater.yaml; the last lines of its output may say more.',
      details: { last_look: look.seen, last_lines: pickLastLines(group.output.read()) },
    },
  );
}

function showPlace(readiness: Readiness): string {
  return readiness.kind === 'url' ? readiness.url : `port ${readiness.port}`;
}
