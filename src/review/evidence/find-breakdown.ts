import type { ItemResult, PlannedItem } from '../../types-run.ts';
import type { Symptom } from './symptom.ts';

/** How the run puts it that nobody listens at a target, although no fault acts. */
const NOBODY_LISTENS = /^gives connection refused\b.* without any fault$/;

/**
 * Finds connections of clients that the service itself broke off, or no longer took: mostly its process has ended.
 * Surely so where nobody listened afterwards either.
 */
export function findBreakdown(
  result: ItemResult,
  planned: PlannedItem,
  next: ItemResult | undefined,
): Pick<Symptom, 'kind' | 'seen' | 'figures' | 'strength'> | null {
  const { reset = 0, refused = 0 } = result.outcomes;
  const broken = Math.min(reset + refused, result.failed - result.failedByInjection);
  const faults = [...new Set(result.fidelity.filter(({ actedOn }) => actedOn > 0).map(({ type }) => type))];
  if (broken <= 0 || faults.length === 0) return null;
  const where =
    result.dependencies.find(({ hits }) => hits > 0)?.proxy ?? planned.item.context.upstreams.join(', ');
  const isGone =
    next?.requests === 0 && next.verdict.reasons.some(({ message }) => NOBODY_LISTENS.test(message));
  const kinds = [
    ...(reset > 0 ? [`${reset} broken off`] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
  ];
  return {
    kind: 'breakdown',
    seen: `While ${where} was under ${faults.join(', ')}, the service broke connections of its clients off without an answer${isGone ? ', and nothing listened afterwards' : ''}.`,
    figures: `${broken} of ${result.requests} ${result.requests === 1 ? 'request' : 'requests'}: ${kinds.join(', ')}`,
    strength: isGone || refused > 0 ? 1 : 0.7,
  };
}
