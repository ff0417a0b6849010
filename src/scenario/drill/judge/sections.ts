import { errorMessages, gracefulDegradation, performanceImpact, userFeedback } from './behaviour/answers.ts';
import { circuitBreaker, connectionPool, connectionRelease, retries } from './behaviour/attempts.ts';
import { databaseFallback, failOpenCaching, rateLimiting, sessionStorage } from './behaviour/caching.ts';
import { healthCheck } from './behaviour/health.ts';
import { oomKiller, processCrashes, swapThrashing } from './behaviour/processes.ts';
import { queue, recovery, timeLimits, timeouts, workerStarvation } from './behaviour/waiting.ts';
import type { Statement } from './judgement.ts';
import {
  cpuUsage,
  databaseLoad,
  errorRate,
  type Metric,
  memoryUsage,
  queueLength,
  recoveryTime,
  requestsPerSecond,
  requestTimeout,
  responseTime,
  swapUsage,
  throughput,
  timeoutErrors,
  userExperience,
} from './metrics.ts';
import { cacheHitRate, connectionPool as poolUse } from './metrics-of-dependencies.ts';
import type { Seen } from './seen.ts';

/** What the report tells of the drills of one type of failure: headings, rows of its table and of its behaviour. */
export interface Section {
  readonly failureType: string;
  readonly title: string;
  /** As the summary of all scenarios names it. */
  readonly shortTitle: string;
  /** As the table of recovery times names it. */
  readonly rtoLabel: string;
  /** What was done to end the failure. */
  readonly recoveredBy: string;
  readonly columns: readonly [string, string, string];
  readonly metrics: readonly Metric[];
  readonly behaviour: readonly (readonly [aspect: string, tell: (seen: Seen) => Statement])[];
}

const AFTER_RECOVERY = 'After Recovery';

/** All types of failure that the reference knows, in its order, and the crash that its table of RTOs asks for. */
export const SECTIONS: readonly Section[] = [
  {
    failureType: 'database',
    title: 'Database Connection Failure',
    shortTitle: 'Database Failure',
    rtoLabel: 'Database Failure',
    recoveredBy: 'the database was let back',
    columns: ['Before Failure', 'During Failure', AFTER_RECOVERY],
    metrics: [errorRate, responseTime, requestsPerSecond, recoveryTime],
    behaviour: [
      ['Health Check Response', healthCheck],
      ['Error Messages', errorMessages],
      ['Connection Pool Behavior', connectionPool],
      ['Automatic Retry', retries],
      ['Graceful Degradation', gracefulDegradation],
    ],
  },
  {
    failureType: 'cache',
    title: 'Cache (Redis) Failure',
    shortTitle: 'Cache Failure',
    rtoLabel: 'Cache Failure',
    recoveredBy: 'the cache was let back',
    columns: ['Before Failure', 'During Failure', AFTER_RECOVERY],
    metrics: [errorRate, responseTime, databaseLoad, cacheHitRate],
    behaviour: [
      ['Fail-Open Caching', failOpenCaching],
      ['Database Fallback', databaseFallback],
      ['Rate Limiting', rateLimiting],
      ['Session Storage', sessionStorage],
      ['Performance Impact', performanceImpact],
    ],
  },
  {
    failureType: 'network',
    title: 'Network Latency Spike',
    shortTitle: 'Network Latency',
    rtoLabel: 'Network Issue',
    recoveredBy: 'the latency was removed',
    columns: ['Before Latency', 'During Latency', AFTER_RECOVERY],
    metrics: [responseTime, timeoutErrors, errorRate, userExperience],
    behaviour: [
      ['Timeout Handling', timeLimits],
      ['Circuit Breaker', circuitBreaker],
      ['Retry Logic', retries],
      ['User Feedback', userFeedback],
    ],
  },
  {
    failureType: 'slow_query',
    title: 'Slow Query Scenario',
    shortTitle: 'Slow Queries',
    rtoLabel: 'Slow Queries',
    recoveredBy: 'the slow queries were ended',
    columns: ['Before', 'During Slow Query', 'After Termination'],
    metrics: [poolUse, requestTimeout, errorRate, queueLength],
    behaviour: [
      ['Request Timeout', timeLimits],
      ['Connection Release', connectionRelease],
      ['Queue Buildup', queue],
      ['Recovery', recovery],
    ],
  },
  {
    failureType: 'memory',
    title: 'Memory Pressure',
    shortTitle: 'Memory Pressure',
    rtoLabel: 'Memory Pressure',
    recoveredBy: 'the memory was released',
    columns: ['Before', 'During Pressure', AFTER_RECOVERY],
    metrics: [memoryUsage, swapUsage, responseTime, errorRate],
    behaviour: [
      ['OOM Killer', oomKiller],
      ['Process Crashes', processCrashes],
      ['Swap Thrashing', swapThrashing],
      ['Recovery', recovery],
    ],
  },
  {
    failureType: 'cpu',
    title: 'CPU Saturation',
    shortTitle: 'CPU Saturation',
    rtoLabel: 'CPU Saturation',
    recoveredBy: 'the CPU load was ended',
    columns: ['Before', 'During Saturation', AFTER_RECOVERY],
    metrics: [cpuUsage, responseTime, throughput, errorRate],
    behaviour: [
      ['Request Queuing', queue],
      ['Worker Starvation', workerStarvation],
      ['Timeout Errors', timeouts],
      ['Recovery', recovery],
    ],
  },
  {
    failureType: 'application_crash',
    title: 'Application Crash',
    shortTitle: 'Application Crash',
    rtoLabel: 'Application Crash',
    recoveredBy: 'the service was started again',
    columns: ['Before Crash', 'Until Recovery', AFTER_RECOVERY],
    metrics: [errorRate, responseTime, requestsPerSecond, recoveryTime],
    behaviour: [
      ['Health Check Response', healthCheck],
      ['Error Messages', errorMessages],
      ['Graceful Degradation', gracefulDegradation],
      ['Recovery', recovery],
    ],
  },
];

/** The section of a type of failure; one that is not listed gets the rows that fit any. */
export function sectionOf(failureType: string, title: string): Section {
  const known = SECTIONS.find((section) => section.failureType === failureType);
  if (known !== undefined) return known;
  return {
    failureType,
    title,
    shortTitle: title,
    rtoLabel: title,
    recoveredBy: 'the failure was ended',
    columns: ['Before Failure', 'During Failure', AFTER_RECOVERY],
    metrics: [errorRate, responseTime, requestsPerSecond, recoveryTime],
    behaviour: [
      ['Error Messages', errorMessages],
      ['Graceful Degradation', gracefulDegradation],
      ['Recovery', recovery],
    ],
  };
}
