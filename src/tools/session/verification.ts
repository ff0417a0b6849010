import type { AppConfig, Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { markdownTable } from '../../markdown.ts';
import type { CommandResult } from '../../service/command.ts';
import type { Verification } from '../../types-code.ts';
import type { ItemChange, ItemResult } from '../../types-run.ts';
import { showMs, showPercent } from '../../units.ts';

/**
 * Gives `app` of the configuration.
 *
 * @throws AppError CONFIG_INVALID when the workspace does not say how its service starts
 */
export function demandApp(
  config: Config,
  purpose: string,
): {
  readonly app: AppConfig;
  readonly file: NonNullable<Config['file']>;
} {
  if (config.app !== null && config.file !== null) return { app: config.app, file: config.file };
  throw new AppError(
    'CONFIG_INVALID',
    `${purpose}, Breakwater must know how your service starts; breakwater.yaml has no "app".`,
    {
      hint: 'Run "breakwater init" in a terminal in the workspace: it proposes the file. Read it, then run "breakwater trust".',
    },
  );
}

/** What the project's own tests said before and after. */
export interface TestChange {
  readonly before: CommandResult | null;
  readonly after: CommandResult | null;
}

/** A patch that breaks tests which passed before is a regression, whatever else it mends. */
export function weighTests(verification: Verification, { before, after }: TestChange): Verification {
  if (before?.ok !== true || after === null || after.ok) return verification;
  const tail = after.timedOut ? 'they did not end' : `exit code ${after.code ?? 'none'}`;
  return {
    ...verification,
    verdict: 'regressed',
    reason: `the project's own tests passed before and fail now (${tail}). ${verification.reason}`,
  };
}

/** One line about the project's own tests; `null` where it configures none. */
export function describeTests({ before, after }: TestChange): string | null {
  if (before === null || after === null) return null;
  const word = (result: CommandResult) => (result.ok ? 'pass' : 'fail');
  return `The project's own tests: ${word(before)} before, ${word(after)} after.`;
}

const MAX_ENDINGS = 5;

/** A paragraph each for before and after in which the service ended by itself: where, and how. */
export function describeEndings(
  { changes }: Verification,
  endings: Readonly<Record<'before' | 'after', ReadonlyMap<string, string>>>,
): readonly string[] {
  return (['before', 'after'] as const).flatMap((stage) => {
    const found = changes.flatMap((change) => {
      const how = endings[stage].get(change[stage]?.itemId ?? '');
      return how === undefined ? [] : [`- ${change.endpoint} (${change.scenarioTitle}): ${how}`];
    });
    if (found.length === 0) return [];
    const head =
      stage === 'before'
        ? 'Before the patch, the service did not survive:'
        : 'With the patch, the service does not survive:';
    const more = found.length > MAX_ENDINGS ? [`- and ${found.length - MAX_ENDINGS} more`] : [];
    return [[head, ...found.slice(0, MAX_ENDINGS), ...more].join('\n')];
  });
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
  if (requests === 0) return `${verdict.value}: ${verdict.reasons[0]?.message ?? 'not run'}`;
  const kinds = Object.entries(outcomes).map(([kind, count]) => `${count}× ${kind}`);
  return `${verdict.value}: ${kinds.join(', ')}, p50 ${showMs(observed.p50Ms)}, max ${showMs(observed.maxMs)}, ${showPercent(failed / requests)} failed`;
}
