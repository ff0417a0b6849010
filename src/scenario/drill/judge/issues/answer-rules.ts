import { showPercent } from '../../../../units.ts';
import { countLeaks, FAST_FAILURE_MS, failedAnswers } from '../behaviour/answers.ts';
import { isHealthLying } from '../behaviour/health.ts';
import { showCounts, showTail, tailMs } from '../figures.ts';
import { BLURRERS, WAITERS } from '../review-rules.ts';
import { type IssueRule, when } from './issue-rule.ts';

/** How failures are told. */
export const ANSWER_RULES: readonly IssueRule[] = [
  {
    id: 'health_says_well',
    severity: 'P1',
    condition: '"well" on more than 20 % of the checks while 10 % more of the requests failed',
    see: (seen) =>
      when(
        isHealthLying(seen),
        () =>
          `The health endpoint said "well" on ${showPercent(seen.health?.wellDuring ?? 0)} of the checks while ${showPercent(seen.addedFailed)} more of the requests failed.`,
      ),
    recommendation:
      'Let the readiness endpoint ask the dependencies that are needed, with a short time limit, and answer 503 while one is down.',
    reviewRules: ['service-without-health-endpoint'],
  },
  {
    id: 'slow_failures',
    severity: 'P1',
    condition: 'failures took more than 1 s (p95)',
    see: ({ during, addedFailed }) =>
      when(
        addedFailed > 0.01 &&
          during.failed > during.timeouts &&
          (tailMs(during.failureLatency) ?? 0) > FAST_FAILURE_MS,
        () =>
          `Failures took ${showTail(during.failureLatency)} to come back, and held what they needed meanwhile.`,
      ),
    recommendation:
      'Fail fast: short connect and pool time limits, and a circuit breaker that answers at once while the dependency is known to be down.',
    reviewRules: [...WAITERS, 'service-without-circuit-breaker'],
  },
  {
    id: 'stack_traces_shown',
    severity: 'P1',
    condition: 'a failed answer holds a stack trace',
    see: ({ during }) =>
      when(
        countLeaks(during.errors).stackTraces > 0,
        () => `${countLeaks(during.errors).stackTraces} failed answers showed a stack trace.`,
      ),
    recommendation: 'Answer errors with a short text of your own and log the rest.',
    reviewRules: ['js-express-4-async-handler-without-catch'],
  },
  {
    id: 'unclear_errors',
    severity: 'P2',
    condition: 'failed requests got another status than 503 or 504',
    see: ({ during }) => {
      const answered = Object.entries(failedAnswers(during)).filter(([name]) => /^\d/.test(name));
      const unclear = answered.filter(([name]) => !['503', '504'].includes(name));
      return when(
        unclear.length > 0,
        () =>
          `Failed requests were answered ${showCounts(Object.fromEntries(unclear))}, which tells callers nothing of a failure that passes.`,
      );
    },
    recommendation:
      'Answer 503 with Retry-After while a dependency is down, and 504 when it did not answer in time.',
    reviewRules: BLURRERS,
  },
  {
    id: 'internals_shown',
    severity: 'P2',
    condition: 'a failed answer names addresses or errors of drivers',
    see: ({ during }) =>
      when(
        countLeaks(during.errors).internals > 0,
        () =>
          `${countLeaks(during.errors).internals} failed answers named addresses or errors of the inside.`,
      ),
    recommendation: 'Keep addresses and messages of drivers out of answers; log them.',
    reviewRules: [],
  },
];
