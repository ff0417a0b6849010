import { showPercent } from '../../../units.ts';
import { isBreakerOpen } from './behaviour/attempts.ts';
import { isHealthLying } from './behaviour/health.ts';
import { failedShare, showNoRecovery, showSeconds, tailMs } from './figures.ts';
import type { DrillJudgement, Recommendation } from './judgement.ts';
import type { Seen } from './seen.ts';

/** A drill with what was measured in it. */
export interface Judged {
  readonly judgement: DrillJudgement;
  readonly seen: Seen;
}

/** One thing that speaks for or against the service, told from a drill; `null` where it does not apply. */
type Rule = (seen: Seen) => string | null;

/** Something that holds in a drill and is worth keeping. */
const STRENGTHS: readonly Rule[] = [
  ({ addedFailed, during, failureType }) =>
    addedFailed <= 0.01 && during.requests > 0
      ? `kept answering (${showPercent(1 - failedShare(during))} of the requests succeeded${failureType === 'cache' ? ' without the cache' : ''})`
      : null,
  (seen) =>
    wasHurt(seen) && seen.recoveredAfterMs !== null && seen.recoveredAfterMs <= 1_000
      ? `recovered by itself within ${showSeconds(seen.recoveredAfterMs)}`
      : null,
  ({ during, addedFailed }) => {
    const clear = (during.answers['503'] ?? 0) + (during.answers['504'] ?? 0);
    const ms = tailMs(during.failureLatency);
    return addedFailed > 0.01 && clear === during.failed && ms !== null && ms <= 1_000
      ? 'failed fast, with 503'
      : null;
  },
  (seen) =>
    seen.health !== null && seen.addedFailed > 0.1 && (seen.health.unavailableDuring ?? 0) >= 0.8
      ? 'told of it at the health endpoint'
      : null,
  (seen) =>
    seen.broken.some((dependency) => isBreakerOpen(seen, dependency)) ? 'stopped asking what was down' : null,
];

/** What may happen although it did not, or what nobody has looked at. */
const RISKS: readonly (readonly [text: string, applies: Rule])[] = [
  [
    'A longer failure would hold more and more requests until memory or sockets run out',
    (seen) =>
      seen.queue.late > seen.queue.middle * 1.25 + 1 &&
      seen.during.inFlightMax > 3 * seen.before.inFlightMax + 2
        ? `${seen.queue.middle} then ${seen.queue.late} waiting`
        : null,
  ],
  [
    'Nobody outside would notice: load balancers go on sending requests',
    (seen) =>
      isHealthLying(seen) ? `health says "well" with ${showPercent(seen.addedFailed)} failing` : null,
  ],
  [
    'What holds at this load may not hold at more: the machine was nearly busy before anything was broken',
    ({ vitals }) =>
      (vitals.baseline.machineCpuShare ?? 0) > 0.8
        ? `${showPercent(vitals.baseline.machineCpuShare ?? 0)} of the processors`
        : null,
  ],
  [
    'Whether it recovers at all from a failure that lasts longer is not known',
    ({ recoveredAfterMs, result }) =>
      result.recovery !== null && recoveredAfterMs === null ? showNoRecovery(result) : null,
  ],
];

/** What speaks for the service, one line for each drill in which something does. */
export function listStrengths(drills: readonly Judged[]): readonly string[] {
  return conclusive(drills).flatMap(({ judgement, seen }) => {
    const parts = STRENGTHS.map((rule) => rule(seen)).filter((text) => text !== null);
    return parts.length === 0 ? [] : [`${judgement.shortTitle}: the service ${joinWords(parts)}.`];
  });
}

/** What speaks against it: the issues of P0 and P1, the worst first. */
export function listWeaknesses(drills: readonly Judged[]): readonly string[] {
  const lines = drills.flatMap(({ judgement }) =>
    judgement.issues
      .filter(({ severity }) => severity !== 'P2')
      .map(({ severity, seen }) => `${severity}, ${judgement.shortTitle}: ${seen}`),
  );
  return lines.toSorted((left, right) => left.slice(0, 2).localeCompare(right.slice(0, 2), 'en'));
}

/** What may happen, and what was not looked at. */
export function listRisks(drills: readonly Judged[]): readonly string[] {
  const seen = RISKS.flatMap(([text, applies]) => {
    const where = conclusive(drills).flatMap((drill) => {
      const figures = applies(drill.seen);
      return figures === null ? [] : [`${drill.judgement.shortTitle}: ${figures}`];
    });
    return where.length === 0 ? [] : [`${text} (${where.join('; ')}).`];
  });
  const open = drills
    .filter(({ judgement }) => judgement.inconclusive !== null)
    .map(({ judgement }) => `${judgement.shortTitle} is not known: ${judgement.inconclusive}.`);
  return [...seen, ...open, ...listBlindSpots(drills)];
}

/** Gathers the issues of all drills by rule, the worst first. */
export function gatherRecommendations(drills: readonly Judged[]): readonly Recommendation[] {
  const issues = drills.flatMap(({ judgement }) => judgement.issues);
  const ids = [...new Set(issues.map(({ id }) => id))];
  return ids
    .flatMap((id) => {
      const own = issues.filter((issue) => issue.id === id);
      const [first] = own;
      if (first === undefined) return [];
      const { severity, recommendation: text, reviewRules } = first;
      return [{ id, severity, text, drillIds: own.map(({ drillId }) => drillId), reviewRules }];
    })
    .toSorted(
      (left, right) =>
        left.severity.localeCompare(right.severity, 'en') || right.drillIds.length - left.drillIds.length,
    );
}

/** What the configuration keeps out of sight. */
function listBlindSpots(drills: readonly Judged[]): readonly string[] {
  const [first] = drills;
  if (first === undefined) return [];
  const { health, durability } = first.seen.config;
  return [
    ...(health === null
      ? ['Whether the health endpoint tells the truth is not known (`drills: { health: /health }`).']
      : []),
    ...(durability.length === 0
      ? ['Whether acknowledged writes survive is not known (`drills: { write: …, read: … }`).']
      : []),
  ];
}

/** Where nothing was lost or slowed there is nothing to recover from. */
function wasHurt({ addedFailed, during, p95LimitMs }: Seen): boolean {
  return addedFailed > 0.01 || (tailMs(during.latency) ?? 0) > (p95LimitMs ?? Number.POSITIVE_INFINITY);
}

function conclusive(drills: readonly Judged[]): readonly Judged[] {
  return drills.filter(({ judgement }) => judgement.inconclusive === null);
}

function joinWords(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}
