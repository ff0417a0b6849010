import type { AppConfig, Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { markdownTable } from '../../markdown.ts';
import { fence } from '../../policy.ts';
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

const MAX_TEST_LINES = 25;
const MAX_TEST_CHARACTERS = 4_000;

/** One line about the project's own tests, and the end of what they print where they fail with the patch only; `null` where it configures none. */
export function describeTests({ before, after }: TestChange): string | null {
  if (before === null || after === null) return null;
  const word = (result: CommandResult) => (result.ok ? 'pass' : 'fail');
  const line = `The project's own tests: ${word(before)} before, ${word(after)} after.`;
  if (after.ok || !before.ok) return line;
  return [line, fence(after.lastLines.slice(-MAX_TEST_LINES).join('\n'), MAX_TEST_CHARACTERS)].join('\n');
}

/** What the service may have missed in the copy; `null` where enough was measured all the same, or nothing is missing. */
export function describeLeftOut({ verdict }: Verification, leftOut: readonly string[]): string | null {
  if (verdict !== 'inconclusive' || leftOut.length === 0) return null;
  return `Not in the scratch copy, since git ignores it: ${leftOut.join(', ')}. Where the service needs what stands there, name it under app.env of breakwater.yaml.`;
}

/** Says of a service that does not start with the patch that it did without: the patch keeps it from that. */
export function blamePatch(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'SERVICE_NOT_READY') return error;
  const { code, message, hint, details } = error;
  return new AppError(code, `regressed: only with the patch, the service does not start. ${message}`, {
    hint: `Mend the patch by what the last lines of the output say, and verify it again. ${hint ?? ''}`.trim(),
    details,
    cause: error,
  });
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
  const told = changes.filter((change) => whyUntold(change) === null);
  const rows = told.map((change) => [
    change.endpoint,
    change.scenarioTitle,
    change.change,
    beside(change, describeItem),
  ]);
  return [
    `${verdict}: ${reason}`,
    `Before: ${beforeRunId}. After: ${afterRunId}. Same scenarios, same seed.`,
    ...(rows.length === 0
      ? []
      : ['', markdownTable(['operation', 'scenario', 'change', 'before → after'], rows)]),
    ...listUntold(changes),
  ].join('\n');
}

/** Why an item says nothing, when it says nothing before and after for one reason; else `null`. */
function whyUntold({ before, after }: ItemChange): string | null {
  if (before?.verdict.value !== 'inconclusive' || after?.verdict.value !== 'inconclusive') return null;
  const [was, is] = [before.verdict.reasons[0]?.message, after.verdict.reasons[0]?.message];
  return was === is ? (is ?? null) : null;
}

const MAX_UNTOLD = 6;

/** Items that say nothing, by their reason: a table of them would hide the others. */
function listUntold(changes: readonly ItemChange[]): readonly string[] {
  const byReason = new Map<string, ItemChange[]>();
  for (const change of changes) {
    const why = whyUntold(change);
    if (why !== null) byReason.set(why, [...(byReason.get(why) ?? []), change]);
  }
  const lines = [...byReason].map(([why, alike]) => {
    const named = alike.slice(0, MAX_UNTOLD).map((one) => `${one.endpoint} (${one.scenarioTitle})`);
    const more = alike.length > MAX_UNTOLD ? `; and ${alike.length - MAX_UNTOLD} more` : '';
    return `- ${why}: ${named.join('; ')}${more}`;
  });
  return lines.length === 0 ? [] : ['', 'Inconclusive before and after:', ...lines];
}

function beside({ before, after }: ItemChange, describe: (result: ItemResult) => string): string {
  return `${before === null ? 'not run' : describe(before)} → ${after === null ? 'not run' : describe(after)}`;
}

function describeItem({ verdict, observed, outcomes, requests, failed }: ItemResult): string {
  if (requests === 0) return `${verdict.value}: ${verdict.reasons[0]?.message ?? 'not run'}`;
  const kinds = Object.entries(outcomes).map(([kind, count]) => `${count}× ${kind}`);
  const times = [...showTime('p50', observed.p50Ms), ...showTime('max', observed.maxMs)];
  // One kind of outcome says by itself how many failed; a 503 that was asked for is no failure to its reader.
  const share = kinds.length === 1 ? [] : [`${showPercent(failed / requests)} failed`];
  const parts = [...kinds, ...times, ...share];
  return `${verdict.value}: ${parts.join(', ')}`;
}

/** What has no answer has no time. */
function showTime(name: string, ms: number | null): readonly string[] {
  return ms === null || !Number.isFinite(ms) ? [] : [`${name} ${showMs(ms)}`];
}
