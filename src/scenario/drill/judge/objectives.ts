import type { DrillConfig, DrillResult, DurabilityRecord } from '../../../types-drill.ts';
import { formatDuration } from '../../../units.ts';
import { failureTypeOf } from './failure-type.ts';
import { countOf, showNoRecovery, showSeconds } from './figures.ts';
import type { ObjectiveRow } from './judgement.ts';
import { SECTIONS } from './sections.ts';

/** Types of failure that the reference sets a target for; the others are listed when they have one, or were run. */
const ASKED_FOR = ['database', 'cache', 'application_crash', 'network'];
/** What the reference lists where nothing is configured. */
const USUAL_DATA = ['user_data', 'transactions', 'session_data'];

/** Recovery times against their targets: of several drills of one type the slowest counts. */
export function judgeRto(results: readonly DrillResult[], config: DrillConfig): readonly ObjectiveRow[] {
  const run = results.map(({ plan }) => failureTypeOf(plan.kind));
  const others = [...SECTIONS.map(({ failureType }) => failureType), ...run, ...Object.keys(config.rtoMs)];
  const types = [...ASKED_FOR, ...others.filter((type) => run.includes(type) || type in config.rtoMs)];
  return [...new Set(types)].map((type) => {
    const own = results.filter(({ plan }) => failureTypeOf(plan.kind) === type);
    return recoveryOf(type, own, config.rtoMs[type] ?? null);
  });
}

/** Ages of lost writes against their targets: of several drills the oldest lost write counts. */
export function judgeRpo(results: readonly DrillResult[], config: DrillConfig): readonly ObjectiveRow[] {
  const configured = [...Object.keys(config.rpoMs), ...config.durability.map(({ type }) => type)];
  const types = configured.length === 0 ? USUAL_DATA : [...new Set(configured)];
  return types.map((type) => {
    const records = results.flatMap(({ plan, durability, acted }) =>
      acted.value
        ? durability.filter((record) => record.type === type).map((record) => ({ drillId: plan.id, record }))
        : [],
    );
    return lossOf(type, records, config.rpoMs[type] ?? null);
  });
}

/** `application_crash` as `Application Crash`. */
export function labelOf(type: string): string {
  return type
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}

function recoveryOf(type: string, results: readonly DrillResult[], targetMs: number | null): ObjectiveRow {
  const label = SECTIONS.find(({ failureType }) => failureType === type)?.rtoLabel ?? labelOf(type);
  const target = targetMs === null ? `none set (\`drills: { rto: { ${type}: 5m } }\`)` : showTarget(targetMs);
  const base = { type, label, targetMs, target };
  const told = results.filter(({ acted, recovery }) => acted.value && recovery !== null);
  const afterMs = ({ recovery }: DrillResult) => recovery?.recoveredAfterMs ?? Number.POSITIVE_INFINITY;
  const [worst] = told.toSorted((left, right) => afterMs(right) - afterMs(left));
  if (worst === undefined)
    return { ...base, actual: results.length === 0 ? 'not run' : 'inconclusive', met: null, missedIn: [] };
  const actual = Number.isFinite(afterMs(worst)) ? showSeconds(afterMs(worst)) : showNoRecovery(worst);
  const limitMs = targetMs ?? Number.POSITIVE_INFINITY;
  // What did not recover while we looked has missed any target: nobody saw it met.
  const missed = told.filter((result) => afterMs(result) > limitMs || !Number.isFinite(afterMs(result)));
  const met = targetMs === null ? (missed.length > 0 ? false : null) : missed.length === 0;
  return { ...base, actual, met, missedIn: missed.map(({ plan }) => plan.id) };
}

interface Loss {
  readonly drillId: string;
  readonly record: DurabilityRecord;
}

function lossOf(type: string, losses: readonly Loss[], targetMs: number | null): ObjectiveRow {
  const target = targetMs === null ? `none set (\`drills: { rpo: { ${type}: 5m } }\`)` : showTarget(targetMs);
  const base = { type, label: labelOf(type), targetMs, target };
  const told = losses.filter(({ record }) => record.rpoMs !== null);
  const ageOf = ({ record }: Loss) => record.rpoMs ?? 0;
  const [worst] = told.toSorted((left, right) => ageOf(right) - ageOf(left));
  if (worst === undefined) {
    const [untold] = losses;
    const actual =
      untold === undefined
        ? `not measured: no write of it is read back (\`drills: { data: { ${type}: { write: …, read: … } } }\`)`
        : `not known: ${untold.record.reason}`;
    return { ...base, actual, met: null, missedIn: [] };
  }
  const sum = (pick: (record: DurabilityRecord) => number) =>
    told.reduce((total, { record }) => total + pick(record), 0);
  const writes = countOf(
    sum(({ acknowledged }) => acknowledged),
    'acknowledged write',
  );
  const lost = sum((record) => record.lost);
  const actual =
    lost === 0
      ? `0 s (none of ${writes} lost)`
      : `${showSeconds(ageOf(worst))} (${lost} of ${writes} lost, the oldest in ${worst.drillId})`;
  const missed = targetMs === null ? [] : told.filter((loss) => ageOf(loss) > targetMs);
  return {
    ...base,
    actual,
    met: targetMs === null ? null : missed.length === 0,
    missedIn: missed.map(({ drillId }) => drillId),
  };
}

function showTarget(ms: number): string {
  return `< ${formatDuration(ms)}`;
}
