import { showMs, showPercent } from '../../../../units.ts';
import { failedAnswers } from '../behaviour/answers.ts';
import { listEnds } from '../behaviour/processes.ts';
import { countOf, failedShare, showCounts, showSeconds } from '../figures.ts';
import { QUICK_RECOVERY_MS } from '../metrics.ts';
import { CRASHERS, ENDLESS, LOSERS, RECONNECTERS, WAITERS } from '../review-rules.ts';
import { type IssueRule, when } from './issue-rule.ts';

/** Share of the requests that hang from which it is an outage. */
const MANY_HANG = 0.05;
/** Without a cache a service should lose next to nothing. */
const CACHE_NEEDED = 0.1;
/** Share of failures from which nothing is left of the service. */
const NOTHING_LEFT = 0.9;

/** What must not happen at all. */
export const OUTAGE_RULES: readonly IssueRule[] = [
  {
    id: 'process_ended',
    severity: 'P0',
    condition: 'the process ended without being asked to',
    see: ({ result: { unexpectedEnds: ends } }) =>
      when(
        ends.length > 0,
        () =>
          `The process of the service ended ${listEnds(ends)}${ends.some(({ outOfMemory }) => outOfMemory) ? ', killed for want of memory' : ''}.`,
      ),
    recommendation:
      'Let no error of a dependency end the process: listen for errors of idle connections, catch every rejected promise, and bound the memory of queues and caches.',
    reviewRules: CRASHERS,
  },
  {
    id: 'not_recovered',
    severity: 'P0',
    condition: 'no recovery within the limit',
    see: ({ result: { recovery } }) =>
      when(
        recovery !== null && recovery.recoveredAfterMs === null,
        () => `It did not recover by itself. ${recovery?.reason ?? ''}`,
      ),
    recommendation:
      'Let clients and pools replace broken connections by themselves, check them before use, and give back every connection on errors too.',
    reviewRules: RECONNECTERS,
  },
  {
    id: 'writes_lost',
    severity: 'P0',
    condition: 'an acknowledged write is gone',
    see: ({ result: { durability } }) => {
      const lost = durability.filter((record) => record.lost > 0);
      return when(
        lost.length > 0,
        () =>
          `Acknowledged writes are gone: ${lost.map((record) => `${record.lost} of ${record.acknowledged} of ${record.type}, the oldest ${record.rpoMs === null ? 'of unknown age' : `${showSeconds(record.rpoMs)} old`}`).join('; ')}.`,
      );
    },
    recommendation:
      'Acknowledge a write only when it is stored durably: commit before the answer, no write-behind in memory.',
    reviewRules: LOSERS,
  },
  {
    id: 'requests_hang',
    severity: 'P0',
    condition: '5 % of the requests or more had no answer within their time-out',
    see: ({ during, givesUpAfterMs }) =>
      when(
        during.requests > 0 && during.timeouts / during.requests >= MANY_HANG,
        () =>
          `${during.timeouts} of ${countOf(during.requests, 'request')} had no answer within ${showMs(givesUpAfterMs)}.`,
      ),
    recommendation:
      'Set time limits on connecting, on waiting for a connection of the pool and on each query or call, shorter than what callers wait.',
    reviewRules: [...ENDLESS, ...WAITERS],
  },
  {
    id: 'cache_is_needed',
    severity: 'P0',
    condition: 'without the cache 10 % more of the requests failed',
    see: ({ failureType, addedFailed }) =>
      when(
        failureType === 'cache' && addedFailed >= CACHE_NEEDED,
        () => `Without its cache ${showPercent(addedFailed)} more of the requests failed.`,
      ),
    recommendation:
      'Treat an error of the cache as a miss: bypass it with a short time limit and read from the database.',
    reviewRules: ['python-redis-without-timeout', 'service-without-circuit-breaker'],
  },
  {
    id: 'nothing_left',
    severity: 'P1',
    condition: '90 % more of the requests failed, other than by a crash',
    see: ({ addedFailed, isMomentary }) =>
      when(
        !isMomentary && addedFailed >= NOTHING_LEFT,
        () =>
          `${showPercent(addedFailed)} more of the requests failed: nothing is left of the service while it lasts.`,
      ),
    recommendation:
      'Answer what can be answered without the dependency: serve reads from a cache, stale if need be, accept writes into a durable queue, leave optional parts out.',
    reviewRules: ['service-without-circuit-breaker'],
  },
  {
    id: 'rto_missed',
    severity: 'P1',
    condition: 'recovered beyond the RTO',
    see: ({ recoveredAfterMs: ms, rtoMs }) =>
      when(
        ms !== null && rtoMs !== null && ms > rtoMs,
        () =>
          `It recovered ${showSeconds(ms ?? 0)} after the failure ended, beyond the RTO of ${showSeconds(rtoMs ?? 0)}.`,
      ),
    recommendation: 'Shorten the way back: reconnect at once and with short waits between, and start fast.',
    reviewRules: RECONNECTERS,
  },
  {
    id: 'slow_recovery',
    severity: 'P2',
    condition: 'recovered after more than 5 s, within the RTO',
    see: ({ recoveredAfterMs: ms, rtoMs }) =>
      when(
        ms !== null && ms > QUICK_RECOVERY_MS && (rtoMs === null || ms <= rtoMs),
        () => `It took ${showSeconds(ms ?? 0)} to recover after the failure had ended.`,
      ),
    recommendation:
      'Reconnect with short waits and jitter, and let queues of old requests go when their callers have left.',
    reviewRules: RECONNECTERS,
  },
  {
    id: 'errors_before',
    severity: 'P2',
    condition: 'more than 1 % of the requests failed in the baseline',
    see: ({ before }) =>
      when(
        failedShare(before) > 0.01,
        () =>
          `${showPercent(failedShare(before))} of the requests failed before anything was broken: ${showCounts(failedAnswers(before))}.`,
      ),
    recommendation: 'Mend what fails without any failure first; it hides what a failure does.',
    reviewRules: [],
  },
];
