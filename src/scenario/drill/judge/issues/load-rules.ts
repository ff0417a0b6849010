import { showMs } from '../../../../units.ts';
import { NEEDED } from '../behaviour/answers.ts';
import { areConnectionsKept, attemptFactor, isBreakerOpen, STORM } from '../behaviour/attempts.ts';
import { showRate, showTail, tailMs } from '../figures.ts';
import { isGrowing, markQueue } from '../metrics.ts';
import { loadGrowth, OVERRUN } from '../metrics-of-dependencies.ts';
import { ENDLESS, LEAKERS, REPEATERS, SLOW_UNDER_LOAD, UNBOUNDED } from '../review-rules.ts';
import { type IssueRule, when } from './issue-rule.ts';

/** From this many times the injected delay on, calls wait one after another. */
const IN_TURN = 1.8;
/** p95 beyond this many times what counts as well is slow. */
const SLOWED = 5;

/** What a failure does to the load on others and to what waits. */
export const LOAD_RULES: readonly IssueRule[] = [
  {
    id: 'retries_multiply',
    severity: 'P1',
    condition: 'more than 3.5 attempts at the broken dependency for each request',
    see: (seen) => {
      const worst = Math.max(0, ...seen.broken.map((dependency) => attemptFactor(seen, dependency) ?? 0));
      return when(
        worst > STORM,
        () => `Each request made ${worst.toFixed(1)} attempts at the dependency that was failing.`,
      );
    },
    recommendation:
      'Bound retries to two, with exponential waits and jitter, on one layer only, and stop them by a retry budget.',
    reviewRules: REPEATERS,
  },
  {
    id: 'queue_grows',
    severity: 'P1',
    condition:
      'more requests waited in the last quarter of the failure than in its second, and than three times those before',
    see: (seen) =>
      when(
        markQueue(seen) !== 'good' && isGrowing(seen.queue),
        () =>
          `Requests piled up until the failure ended: ${seen.queue.middle} waited in its second quarter, ${seen.queue.late} in its last (before: ${seen.queue.most.baseline}).`,
      ),
    recommendation:
      'Bound the queue: a deadline for each request, a limit on requests in progress, and 503 beyond it.',
    reviewRules: [...ENDLESS, ...UNBOUNDED],
  },
  {
    id: 'connections_kept',
    severity: 'P1',
    condition:
      'sessions are left idle in a transaction, or half as many connections again (and two more) stay open while the service does not recover',
    see: (seen) => {
      const kept = seen.broken.find((dependency) => areConnectionsKept(seen, dependency));
      return kept === undefined
        ? null
        : `${kept.phases.recovery.usualOpen ?? 0} connections to ${kept.name} stayed open after the failure against at most ${kept.phases.baseline.mostOpen ?? 0} before.`;
    },
    recommendation:
      'Give back or close connections on every path, errors and time-outs included, and bound the pool.',
    reviewRules: LEAKERS,
  },
  {
    id: 'delay_multiplied',
    severity: 'P1',
    condition: 'an injected delay cost more than 1.8 times itself at the median',
    see: ({ delayMs, before, during, failureType }) => {
      const added = (during.successLatency.p50Ms ?? 0) - (before.successLatency.p50Ms ?? 0);
      return when(
        failureType === 'network' && delayMs > 0 && added > delayMs * IN_TURN,
        () =>
          `A delay of ${showMs(delayMs)} cost ${showMs(added)} at the median: requests wait for it ${(added / delayMs).toFixed(1)} times.`,
      );
    },
    recommendation:
      'Make fewer round trips: ask for what does not depend on each other at once, join queries, keep connections open.',
    reviewRules: ['js-sequential-reads', 'python-httpx-client-per-request'],
  },
  {
    id: 'no_circuit_breaker',
    severity: 'P2',
    condition: '10 % more of the requests failed and attempts went on in the second half of the failure',
    see: (seen) => {
      const [first] = seen.broken;
      const idle = first === undefined || seen.addedFailed < NEEDED || isBreakerOpen(seen, first);
      const late = first?.lateAttemptsPerRequest ?? 0;
      const usual = first?.phases.baseline.attemptsPerRequest ?? 0;
      return when(
        !idle && late > usual / 5,
        () =>
          `Attempts at ${first?.name} went on to the end: ${showRate(late)} per request against ${showRate(usual)} before.`,
      );
    },
    recommendation:
      'Put a circuit breaker around the dependency, so that requests do not each pay for finding out.',
    reviewRules: ['service-without-circuit-breaker', 'retry-after-ignored'],
  },
  {
    id: 'database_overrun',
    severity: 'P2',
    condition: 'more than three times the usual load while the cache was down',
    see: (seen) => {
      const growth = seen.failureType === 'cache' ? loadGrowth(seen) : null;
      return when(
        growth !== null && growth > OVERRUN,
        () => `Without the cache the database had ${(growth ?? 0).toFixed(1)} times its usual load.`,
      );
    },
    recommendation:
      'Protect the database while the cache is down: coalesce equal reads, keep a small cache in the process, limit what goes through.',
    reviewRules: ['go-database-without-limits', 'js-parallel-calls-without-limit'],
  },
  {
    id: 'slow_under_pressure',
    severity: 'P2',
    condition: 'p95 of the successes above five times what counts as recovered, under memory or CPU pressure',
    see: ({ failureType, during, p95LimitMs }) => {
      const ms = tailMs(during.successLatency) ?? 0;
      const applies = failureType === 'cpu' || failureType === 'memory';
      return when(
        applies && p95LimitMs !== null && ms > SLOWED * p95LimitMs,
        () =>
          `Successes took ${showTail(during.successLatency)}, where ${showMs(p95LimitMs)} counts as well.`,
      );
    },
    recommendation:
      'Shed load before the service is saturated, keep the event loop free, and leave room for it when it is placed.',
    reviewRules: SLOW_UNDER_LOAD,
  },
];
