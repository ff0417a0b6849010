import { AppError } from '../../errors.ts';
import { markdownTable } from '../../markdown.ts';
import type { JsonValue } from '../../types.ts';
import type { ItemResult, RunResult } from '../../types-run.ts';
import { showMs, showPercent } from '../../units.ts';
import type { Answer } from './answer.ts';

/** Unchanged items that an answer lists; those that changed are all listed. */
const MAX_UNCHANGED = 20;

/**
 * Answers with two runs item by item; `load` reads the earlier one.
 *
 * @throws AppError BAD_INPUT when none is named.
 */
export async function answerForComparison(
  after: RunResult,
  other: string | undefined,
  load: (id: string) => Promise<RunResult>,
): Promise<Answer> {
  if (other === undefined)
    throw new AppError('BAD_INPUT', 'compare_to: missing; expected the id of an earlier run.', {
      hint: 'run_report {"run_id":"…","view":"compare","compare_to":"…"}',
    });
  const { compareRuns, NOISE_TEST } = await import('../../scenario/compare.ts');
  const before = await load(other);
  const changes = compareRuns(before, after);
  const moved = changes.filter(({ change }) => change !== 'unchanged');
  const still = changes.filter(({ change }) => change === 'unchanged');
  const shown = [...moved, ...still.slice(0, MAX_UNCHANGED)];
  const hidden = still.length - Math.min(still.length, MAX_UNCHANGED);
  const rows = shown.map(({ endpoint, scenarioTitle, change, before: old, after: now, why }) => [
    endpoint,
    scenarioTitle,
    change,
    pair(old, now, ({ observed }) => showMs(observed.p50Ms)),
    pair(old, now, ({ observed }) => showMs(observed.p95Ms)),
    pair(old, now, errorShare),
    why,
  ]);
  const counts = ['fixed', 'improved', 'unchanged', 'regressed']
    .map((kind) => `${changes.filter(({ change }) => change === kind).length} ${kind}`)
    .join(', ');
  return {
    text: `${before.run.id} → ${after.run.id}: ${counts}\n\n${markdownTable(['operation', 'scenario', 'change', 'p50', 'p95', 'failed', 'why'], rows)}${hidden === 0 ? '' : `\n\nand ${hidden} unchanged`}\n\n${NOISE_TEST}`,
    facts: {
      before: before.run.id,
      after: after.run.id,
      test: NOISE_TEST,
      changes: changes.map(({ endpoint, scenarioTitle, change, before: old, after: now, why }) => ({
        endpoint,
        scenario: scenarioTitle,
        change,
        before: toFigures(old),
        after: toFigures(now),
        why,
      })),
    },
    next: [],
    verdict: changes.some(({ change }) => change === 'regressed') ? 'fail' : 'pass',
  };
}

/** What is compared; a percentile that is infinite or unknown is null. */
function toFigures(result: ItemResult | null): JsonValue {
  if (result === null) return null;
  const { verdict, observed, failed, requests } = result;
  const finite = (ms: number | null) => (ms !== null && Number.isFinite(ms) ? ms : null);
  return {
    verdict: verdict.value,
    p50_ms: finite(observed.p50Ms),
    p95_ms: finite(observed.p95Ms),
    error_rate: requests === 0 ? null : failed / requests,
  };
}

function pair(
  before: ItemResult | null,
  after: ItemResult | null,
  show: (result: ItemResult) => string,
): string {
  return `${before === null ? '–' : show(before)} → ${after === null ? '–' : show(after)}`;
}

function errorShare({ failed, requests }: ItemResult): string {
  return requests === 0 ? '–' : showPercent(failed / requests);
}
