/**
 * Ids of rules of `review_code` (docs/rules.md), grouped by what a drill shows of them. They are plain text, since
 * reviews know nothing of drills; a test holds them to the rules that exist, and each of those to a drill.
 */

/** Waiting without a limit, or beyond that of the caller. */
export const WAITERS: readonly string[] = [
  'js-pg-pool-without-timeouts',
  'js-fetch-without-timeout',
  'js-axios-without-timeout',
  'js-mongoose-without-socket-timeout',
  'mongo-client-without-timeout',
  'js-mail-without-timeout',
  'js-service-without-request-deadline',
  'python-postgres-without-connect-timeout',
  'python-postgres-without-statement-timeout',
  'python-redis-without-timeout',
  'python-http-call-without-timeout',
  'python-aiohttp-session-without-timeout',
  'python-mail-without-timeout',
  'python-worker-without-time-limit',
  'python-cancellation-swallowed',
  'go-query-without-context',
  'go-http-client-without-timeout',
  'java-rest-template-without-timeouts',
  'java-http-request-without-timeout',
  'java-web-client-without-response-timeout',
  'java-hikari-default-wait',
  'inner-timeout-above-outer',
];

/** What never comes back with an error: attempts that do not stop, and errors that nobody answers. */
export const ENDLESS: readonly string[] = [
  'retry-without-bound',
  'python-tenacity-retry-without-stop',
  'js-express-4-async-handler-without-catch',
];

/** Errors, and memory without a bound, that end the process. */
export const CRASHERS: readonly string[] = [
  'js-pg-pool-without-error-listener',
  'js-floating-promise',
  'js-express-4-async-handler-without-catch',
  'js-axios-download-without-limit',
  'java-executor-with-unbounded-queue',
];

/** Connections and sessions that stay broken after the dependency is back, and what keeps others from it. */
export const RECONNECTERS: readonly string[] = [
  'python-engine-without-pre-ping',
  'python-django-connection-unchecked',
  'python-commit-error-without-rollback',
  'python-worker-without-time-limit',
  'js-pg-client-not-released',
  'js-pg-pool-without-error-listener',
  'js-transaction-without-rollback',
  'go-result-not-closed',
  'go-transaction-without-rollback',
  'go-database-without-limits',
  'java-executor-with-unbounded-queue',
  'mongo-client-without-timeout',
];

/** Writes that are acknowledged before they are stored, or although they were not. */
export const LOSERS: readonly string[] = [
  'python-commit-error-without-rollback',
  'python-django-writes-without-transaction',
  'python-task-without-reference',
  'python-celery-task-lost-with-worker',
  'java-transaction-without-rollback-for',
  'java-self-invocation-past-proxy',
  'js-floating-promise',
  'js-transaction-without-rollback',
  'write-error-swallowed',
];

/** Connections that are not given back. */
export const LEAKERS: readonly string[] = [
  'js-pg-client-not-released',
  'js-transaction-without-rollback',
  'js-undici-body-unread',
  'js-undici-pool-without-connections',
  'python-commit-error-without-rollback',
  'go-result-not-closed',
  'go-transaction-without-rollback',
  'go-database-without-limits',
];

/** Retries without a bound, within one another, or of what must not be done twice. */
export const REPEATERS: readonly string[] = [
  'retry-without-bound',
  'retries-multiplied',
  'retry-after-ignored',
  'js-retry-of-unsafe-call',
  'python-tenacity-retry-without-stop',
  'python-celery-retry-without-end',
  'python-retry-of-unsafe-call',
];

/** Queues and numbers of calls without a bound. */
export const UNBOUNDED: readonly string[] = [
  'js-service-without-request-deadline',
  'js-pg-pool-without-timeouts',
  'js-parallel-calls-without-limit',
  'js-fastify-without-request-timeout',
  'js-server-limits-turned-off',
  'go-server-without-timeouts',
  'java-executor-with-unbounded-queue',
  'java-hikari-default-wait',
  'python-worker-without-time-limit',
  'inner-timeout-above-outer',
];

/** Errors of a dependency that are not told as such. */
export const BLURRERS: readonly string[] = [
  'js-express-4-async-handler-without-catch',
  'js-fetch-result-without-status',
  'js-floating-promise',
  'python-engine-without-pre-ping',
  'python-django-connection-unchecked',
  'python-commit-error-without-rollback',
  'inner-timeout-above-outer',
  'service-without-circuit-breaker',
];

/** What holds up a whole process when the processor is scarce. */
export const SLOW_UNDER_LOAD: readonly string[] = [
  'python-blocking-call-in-async',
  'python-sync-session-in-async-route',
  'python-sqlite-without-wal',
  'java-block-in-reactive-chain',
  'js-parallel-calls-without-limit',
  'js-axios-download-without-limit',
];
