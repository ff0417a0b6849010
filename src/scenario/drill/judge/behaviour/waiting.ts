import { showMs, showPercent } from '../../../../units.ts';
import { countOf, showRate, showTail, tailMs } from '../figures.ts';
import type { Statement } from '../judgement.ts';
import { isGrowing, markQueue, markRecovery } from '../metrics.ts';
import type { Seen } from '../seen.ts';

/** The reference wants a request to end after 30 s at the latest. */
const REQUEST_LIMIT_MS = 30_000;
/** Fewer answers than this share of those before: workers do not get to their work. */
const STARVED = 0.9;
/** A health check that takes this many times as long waits for a worker too. */
const HELD_UP = 5;

/** Whether the service gives up on a slow dependency by a time limit of its own. */
export function timeLimits(seen: Seen): Statement {
  const { during, before, givesUpAfterMs } = seen;
  const waited = `successes took ${showTail(during.successLatency)} against ${showTail(before.successLatency)} before`;
  if (during.timeouts > 0)
    return {
      mark: 'bad',
      text: `${countOf(during.timeouts, 'request')} of ${during.requests} had no answer when the users gave up after ${showMs(givesUpAfterMs)}: the service has no shorter limit of its own; ${waited}.`,
    };
  const ms = tailMs(during.failureLatency);
  if (ms !== null) {
    const mark = ms <= REQUEST_LIMIT_MS ? 'good' : 'warning';
    return {
      mark,
      text: `The service gives up by itself: ${countOf(during.failed, 'failed answer')}, ${showTail(during.failureLatency)}; ${waited}.`,
    };
  }
  return {
    mark: 'good',
    text: `No request was given up: ${waited}${seen.delayMs > 0 ? `, with ${showMs(seen.delayMs)} put into each answer of the dependency` : ''}.`,
  };
}

/** Requests that nobody answered while the users waited. */
export function timeouts({ during, before, givesUpAfterMs }: Seen): Statement {
  const text = `${during.timeouts} of ${countOf(during.requests, 'request')} had no answer within ${showMs(givesUpAfterMs)} (before: ${before.timeouts} of ${before.requests}).`;
  return {
    mark: during.timeouts === 0 ? 'good' : during.timeouts <= during.requests / 100 ? 'warning' : 'bad',
    text,
  };
}

/** Whether requests pile up while the failure lasts. */
export function queue(seen: Seen): Statement {
  const { most } = seen.queue;
  const figures = `At most ${countOf(most.baseline, 'request')} waited at one time before, ${most.failure} during and ${most.recovery} after`;
  const mark = markQueue(seen);
  const trend = {
    good: 'none pile up',
    warning: seen.during.timeouts > 0 ? 'they pile up until the users give up' : 'they pile up to a bound',
    bad: `they pile up as long as it lasts (${seen.queue.middle} in its second quarter, ${seen.queue.late} in its last)`,
    none: '',
  }[isGrowing(seen.queue) && mark !== 'good' ? 'bad' : mark];
  return { mark, text: `${figures}: ${trend}.` };
}

/** What was found about the recovery. */
export function recovery(seen: Seen): Statement {
  const { recovery: found } = seen.result;
  if (found === null) return { mark: 'none', text: 'The drill ended before recovery was looked for.' };
  return { mark: markRecovery(seen), text: found.reason };
}

/** Whether the service still gets through what it is asked. */
export function workerStarvation({ before, during, vitals, health }: Seen): Statement {
  const share = before.completedPerSecond === 0 ? 1 : during.completedPerSecond / before.completedPerSecond;
  const cores = vitals.failure.targetCores;
  const [was, is] = [health?.medianTookMs.baseline ?? null, health?.medianTookMs.failure ?? null];
  const parts = [
    `${showRate(during.completedPerSecond)} requests/s came to an end against ${showRate(before.completedPerSecond)} before (${showPercent(share)})`,
    ...(cores === null ? [] : [`the service had ${cores.toFixed(2)} cores`]),
    ...(was === null || is === null
      ? []
      : [`a health check took ${showMs(is)} instead of ${showMs(was)} (median)`]),
  ];
  const heldUp = was !== null && is !== null && is > Math.max(was * HELD_UP, 100);
  return { mark: share < STARVED ? 'bad' : heldUp ? 'warning' : 'good', text: `${parts.join(', ')}.` };
}
