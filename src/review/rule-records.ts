/** Matches of a rule that were judged one by one, and how many of them were false. */
type Judged = readonly [judged: number, wrong: number];

/** How a rule fared where an operation was known to reach its matches, and elsewhere. */
export interface RuleRecord {
  readonly reached: Judged;
  readonly elsewhere: Judged;
}

/**
 * What was judged in code bases that no rule had been written or mended with (docs/rules-sample.md, its sixth to twelfth
 * draw), false ones of a kind that is mended since among them. Rules that are not listed found nothing there.
 */
const RECORDS: Readonly<Record<string, RuleRecord>> = {
  'go-database-without-limits': { reached: [0, 0], elsewhere: [3, 2] },
  'go-http-client-without-timeout': { reached: [53, 9], elsewhere: [14, 8] },
  'go-query-without-context': { reached: [16, 3], elsewhere: [0, 0] },
  'go-result-not-closed': { reached: [2, 1], elsewhere: [0, 0] },
  'go-rows-error-unchecked': { reached: [45, 1], elsewhere: [7, 1] },
  'go-server-without-graceful-stop': { reached: [0, 0], elsewhere: [1, 1] },
  'go-server-without-timeouts': { reached: [2, 2], elsewhere: [31, 3] },
  'java-block-in-reactive-chain': { reached: [1, 1], elsewhere: [0, 0] },
  'java-executor-with-unbounded-queue': { reached: [1, 1], elsewhere: [0, 0] },
  'java-hikari-default-wait': { reached: [0, 0], elsewhere: [1, 1] },
  'java-http-request-without-timeout': { reached: [3, 0], elsewhere: [1, 1] },
  'java-rest-template-without-timeouts': { reached: [6, 1], elsewhere: [0, 0] },
  'java-self-invocation-past-proxy': { reached: [4, 2], elsewhere: [0, 0] },
  'java-transaction-without-rollback-for': { reached: [4, 2], elsewhere: [0, 0] },
  'java-web-client-without-response-timeout': { reached: [0, 0], elsewhere: [3, 0] },
  'js-axios-download-without-limit': { reached: [3, 2], elsewhere: [0, 0] },
  'js-axios-without-timeout': { reached: [52, 9], elsewhere: [24, 18] },
  'js-express-4-async-handler-without-catch': { reached: [41, 4], elsewhere: [6, 0] },
  'js-fastify-without-request-timeout': { reached: [0, 0], elsewhere: [2, 0] },
  'js-fetch-result-without-status': { reached: [10, 3], elsewhere: [8, 3] },
  'js-fetch-without-timeout': { reached: [73, 4], elsewhere: [12, 3] },
  'js-floating-promise': { reached: [6, 0], elsewhere: [12, 9] },
  'js-mail-without-timeout': { reached: [5, 2], elsewhere: [3, 1] },
  'js-mongoose-without-socket-timeout': { reached: [0, 0], elsewhere: [2, 2] },
  'js-pg-pool-without-error-listener': { reached: [0, 0], elsewhere: [2, 1] },
  'js-pg-pool-without-timeouts': { reached: [2, 0], elsewhere: [6, 0] },
  'js-sequential-reads': { reached: [11, 7], elsewhere: [0, 0] },
  'js-server-without-graceful-stop': { reached: [0, 0], elsewhere: [24, 0] },
  'js-service-without-request-deadline': { reached: [0, 0], elsewhere: [31, 1] },
  'js-transaction-without-rollback': { reached: [1, 1], elsewhere: [0, 0] },
  'mongo-client-without-timeout': { reached: [2, 1], elsewhere: [4, 3] },
  'python-aiohttp-session-without-timeout': { reached: [5, 0], elsewhere: [0, 0] },
  'python-blocking-call-in-async': { reached: [5, 0], elsewhere: [1, 1] },
  'python-cancellation-swallowed': { reached: [1, 0], elsewhere: [1, 1] },
  'python-celery-task-lost-with-worker': { reached: [0, 0], elsewhere: [12, 3] },
  'python-commit-error-without-rollback': { reached: [9, 3], elsewhere: [0, 0] },
  'python-django-connection-unchecked': { reached: [0, 0], elsewhere: [6, 0] },
  'python-django-writes-without-transaction': { reached: [12, 1], elsewhere: [0, 0] },
  'python-engine-without-pre-ping': { reached: [0, 0], elsewhere: [1, 1] },
  'python-http-call-without-timeout': { reached: [85, 7], elsewhere: [41, 24] },
  'python-httpx-client-per-request': { reached: [3, 1], elsewhere: [0, 0] },
  'python-mail-without-timeout': { reached: [7, 0], elsewhere: [6, 2] },
  'python-postgres-without-statement-timeout': { reached: [1, 0], elsewhere: [0, 0] },
  'python-redis-without-timeout': { reached: [5, 0], elsewhere: [13, 3] },
  'python-retry-of-unsafe-call': { reached: [1, 0], elsewhere: [0, 0] },
  'python-sqlite-without-wal': { reached: [2, 0], elsewhere: [2, 0] },
  'python-sync-session-in-async-route': { reached: [1, 0], elsewhere: [0, 0] },
  'python-task-without-reference': { reached: [15, 2], elsewhere: [0, 0] },
  'python-tenacity-retry-without-stop': { reached: [0, 0], elsewhere: [1, 1] },
  'python-worker-without-time-limit': { reached: [0, 0], elsewhere: [8, 2] },
  'retries-multiplied': { reached: [0, 0], elsewhere: [1, 0] },
  'retry-after-ignored': { reached: [1, 1], elsewhere: [0, 0] },
  'retry-without-bound': { reached: [2, 1], elsewhere: [1, 1] },
  'service-without-health-endpoint': { reached: [0, 0], elsewhere: [11, 3] },
  'service-without-metrics': { reached: [0, 0], elsewhere: [33, 3] },
  'write-error-swallowed': { reached: [4, 0], elsewhere: [1, 1] },
};

const NONE: RuleRecord = { reached: [0, 0], elsewhere: [0, 0] };
const ENOUGH = 8;
const ENOUGH_WHERE_NONE_WAS_FALSE = 5;
const MOST_FALSE = 1 / 5;

/** How a rule fared. */
export function recordOf(ruleId: string): RuleRecord {
  return RECORDS[ruleId] ?? NONE;
}

/**
 * Whether a rule was right often enough for its matches to be findings without a measurement: of eight judged or more
 * at most one in five was false, or of five or more none. What an operation reaches goes by what was reached before,
 * and by all that was judged where that is too little. Taken with what had been judged before each of the last two
 * draws, this leaves 6 of 76 and 8 of 115 findings false.
 */
export function isTrusted(ruleId: string, isReached: boolean): boolean {
  const { reached, elsewhere } = recordOf(ruleId);
  const isEnough = reached[0] >= ENOUGH_WHERE_NONE_WAS_FALSE;
  const all: Judged = [reached[0] + elsewhere[0], reached[1] + elsewhere[1]];
  const [judged, wrong] = isReached ? (isEnough ? reached : all) : elsewhere;
  return wrong === 0
    ? judged >= ENOUGH_WHERE_NONE_WAS_FALSE
    : judged >= ENOUGH && wrong / judged <= MOST_FALSE;
}
