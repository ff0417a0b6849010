/**
 * Ids of rules of `review_code` (docs/rules.md), grouped by what a drill shows of them. They are plain text, since
 * reviews know nothing of drills; a test holds them to the rules that exist.
 */

/** Waiting without a limit. */
export const WAITERS: readonly string[] = [
  'js-pg-pool-without-timeouts',
  'js-fetch-without-timeout',
  'js-axios-without-timeout',
  'js-mongoose-without-socket-timeout',
  'python-postgres-without-connect-timeout',
  'python-postgres-without-statement-timeout',
  'python-redis-without-timeout',
  'python-http-call-without-timeout',
  'python-aiohttp-session-without-timeout',
  'go-query-without-context',
  'go-http-client-without-timeout',
  'java-rest-template-without-timeouts',
  'java-http-request-without-timeout',
  'java-web-client-without-response-timeout',
];

/** Errors that end the process. */
export const CRASHERS: readonly string[] = [
  'js-pg-pool-without-error-listener',
  'js-floating-promise',
  'js-express-4-async-handler-without-catch',
];

/** Connections and sessions that stay broken after the dependency is back. */
export const RECONNECTERS: readonly string[] = [
  'python-engine-without-pre-ping',
  'python-commit-error-without-rollback',
  'js-pg-client-not-released',
  'js-pg-pool-without-error-listener',
  'go-result-not-closed',
];

/** Connections that are not given back. */
export const LEAKERS: readonly string[] = [
  'js-pg-client-not-released',
  'go-result-not-closed',
  'go-transaction-without-rollback',
  'go-database-without-limits',
  'js-undici-pool-without-connections',
];

/** Retries without a bound. */
export const REPEATERS: readonly string[] = [
  'retry-without-bound',
  'python-tenacity-retry-without-stop',
  'python-retry-of-unsafe-call',
];

/** Queues and numbers of calls without a bound. */
export const UNBOUNDED: readonly string[] = [
  'js-pg-pool-without-timeouts',
  'js-parallel-calls-without-limit',
  'js-fastify-without-request-timeout',
  'go-server-without-timeouts',
  'java-executor-with-unbounded-queue',
  'python-worker-without-time-limit',
];

/** What holds up a whole process when the processor is scarce. */
export const SLOW_UNDER_LOAD: readonly string[] = [
  'python-blocking-call-in-async',
  'python-sync-session-in-async-route',
  'java-block-in-reactive-chain',
  'js-parallel-calls-without-limit',
];
