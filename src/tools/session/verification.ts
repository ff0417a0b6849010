import type { AppConfig, Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { markdownTable } from '../../markdown.ts';
import type { OpenProxy } from '../../proxy/host.ts';
import { emptyProgram } from '../../proxy/host.ts';
import { originKey } from '../../proxy/mapping.ts';
import type { PatchedFile, Verification } from '../../types-code.ts';
import type { ItemChange, ItemResult, RunResult } from '../../types-run.ts';
import { showMs, showPercent } from '../../units.ts';
import { parseDependencies } from './dependencies.ts';
import type { JobHandle } from './jobs.ts';
import type { Session } from './session.ts';
import { newRunId, type RunOptions, runAndKeep } from './start-run.ts';

const READY_TIMEOUT_MS = 60_000;

/** What is started, and what is run against it. */
export interface TrialOptions {
  readonly app: AppConfig;
  readonly config: Config;
  /** Put into the copy before the service starts; none: the code as it is. */
  readonly files: readonly PatchedFile[];
  readonly run: Omit<RunOptions, 'baseUrl' | 'openProxies'>;
}

/**
 * Starts the user's service from a scratch copy with its dependencies routed through fault proxies, runs the
 * scenarios against it, and removes everything again, whatever happens.
 */
export async function runInScratch(
  options: TrialOptions,
  session: Session,
  handle: JobHandle,
): Promise<RunResult> {
  const [{ makeScratchCopy }, { applyToCopy }, { startService }, store, host] = await Promise.all([
    import('../../service/copy.ts'),
    import('../../service/apply.ts'),
    import('../../service/start.ts'),
    session.openStore(),
    session.proxyHost(),
  ]);
  const { clock } = session;
  const copy = await makeScratchCopy(options.config.workspace, {
    parent: store.resolve('scratch'),
    signal: handle.signal,
    baseEnv: session.surroundings.serviceEnv,
  });
  const proxies = new Map<string, OpenProxy>();
  try {
    await applyToCopy(copy, options.files);
    for (const [name, { upstream }] of Object.entries(parseDependencies(options.config))) {
      proxies.set(
        name,
        await host.open({ name: `${name} (scratch)`, listenPort: 0, upstream }, emptyProgram()),
      );
    }
    const dependencies = Object.fromEntries(
      [...proxies].map(([name, proxy]) => [name, `${proxy.host}:${proxy.port}`]),
    );
    const deps = { clock, signal: handle.signal, baseEnv: session.surroundings.serviceEnv };
    const service = await startService(
      options.app,
      { folder: copy.folder, dependencies, readyTimeoutMs: READY_TIMEOUT_MS },
      deps,
    );
    try {
      const openProxies = new Map(
        [...proxies.values()].map((proxy) => [originKey(proxy.spec.upstream), proxy]),
      );
      return await runAndKeep(
        newRunId(),
        { ...options.run, baseUrl: service.baseUrl, openProxies },
        session,
        handle,
      );
    } finally {
      await service.stop();
    }
  } finally {
    await Promise.allSettled([...proxies.values()].map((proxy) => proxy.close()));
    await copy.remove();
  }
}

/**
 * Gives `app` of the configuration.
 *
 * @throws AppError CONFIG_INVALID when the workspace does not say how its service starts
 */
export function demandApp(config: Config): {
  readonly app: AppConfig;
  readonly file: NonNullable<Config['file']>;
} {
  if (config.app !== null && config.file !== null) return { app: config.app, file: config.file };
  throw new AppError(
    'CONFIG_INVALID',
    'To try a patch, Breakwater must know how your service starts; breakwater.yaml has no "app".',
    {
      hint: 'Run "breakwater init" in a terminal in the workspace: it proposes the file. Read it, then run "breakwater trust".',
    },
  );
}

/** The verification as a person reads it: the verdict, then before and after side by side. */
export function renderVerification(verification: Verification): string {
  const { verdict, reason, changes, beforeRunId, afterRunId } = verification;
  const rows = changes.map((change) => [
    change.endpoint,
    change.scenarioTitle,
    change.change,
    beside(change, describeItem),
  ]);
  return [
    `${verdict}: ${reason}`,
    `Before: ${beforeRunId}. After: ${afterRunId}. Same scenarios, same seed.`,
    '',
    markdownTable(['operation', 'scenario', 'change', 'before → after'], rows),
  ].join('\n');
}

function beside({ before, after }: ItemChange, describe: (result: ItemResult) => string): string {
  return `${before === null ? 'not run' : describe(before)} → ${after === null ? 'not run' : describe(after)}`;
}

function describeItem({ verdict, observed, outcomes, requests, failed }: ItemResult): string {
  const kinds = Object.entries(outcomes)
    .map(([kind, count]) => `${count}× ${kind}`)
    .join(', ');
  const share = requests === 0 ? '' : `, ${showPercent(failed / requests)} failed`;
  return `${verdict.value}: ${kinds || 'no answer'}, p50 ${showMs(observed.p50Ms)}, max ${showMs(observed.maxMs)}${share}`;
}
