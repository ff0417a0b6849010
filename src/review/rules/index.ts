import type { Rule } from '../rule.ts';
import goDatabaseWithoutLimits from './go-database-without-limits.ts';
import goHttpClientWithoutTimeout from './go-http-client-without-timeout.ts';
import goQueryWithoutContext from './go-query-without-context.ts';
import goResultNotClosed from './go-result-not-closed.ts';
import goRowsErrorUnchecked from './go-rows-error-unchecked.ts';
import goServerWithoutGracefulStop from './go-server-without-graceful-stop.ts';
import goServerWithoutTimeouts from './go-server-without-timeouts.ts';
import goTransactionWithoutRollback from './go-transaction-without-rollback.ts';
import innerTimeoutAboveOuter from './inner-timeout-above-outer.ts';
import javaBlockInReactiveChain from './java-block-in-reactive-chain.ts';
import javaExecutorWithUnboundedQueue from './java-executor-with-unbounded-queue.ts';
import javaHikariDefaultWait from './java-hikari-default-wait.ts';
import javaHttpRequestWithoutTimeout from './java-http-request-without-timeout.ts';
import javaRestTemplateWithoutTimeouts from './java-rest-template-without-timeouts.ts';
import javaSelfInvocationPastProxy from './java-self-invocation-past-proxy.ts';
import javaTransactionWithoutRollbackFor from './java-transaction-without-rollback-for.ts';
import javaWebClientWithoutResponseTimeout from './java-web-client-without-response-timeout.ts';
import jsAxiosDownloadWithoutLimit from './js-axios-download-without-limit.ts';
import jsAxiosWithoutTimeout from './js-axios-without-timeout.ts';
import jsExpress4AsyncHandlerWithoutCatch from './js-express-4-async-handler-without-catch.ts';
import jsFastifyWithoutRequestTimeout from './js-fastify-without-request-timeout.ts';
import jsFetchResultWithoutStatus from './js-fetch-result-without-status.ts';
import jsFetchWithoutTimeout from './js-fetch-without-timeout.ts';
import jsFloatingPromise from './js-floating-promise.ts';
import jsMailWithoutTimeout from './js-mail-without-timeout.ts';
import jsMongooseWithoutSocketTimeout from './js-mongoose-without-socket-timeout.ts';
import jsParallelCallsWithoutLimit from './js-parallel-calls-without-limit.ts';
import jsPgClientNotReleased from './js-pg-client-not-released.ts';
import jsPgPoolWithoutErrorListener from './js-pg-pool-without-error-listener.ts';
import jsPgPoolWithoutTimeouts from './js-pg-pool-without-timeouts.ts';
import jsRetryOfUnsafeCall from './js-retry-of-unsafe-call.ts';
import jsSequentialReads from './js-sequential-reads.ts';
import jsServerLimitsTurnedOff from './js-server-limits-turned-off.ts';
import jsServerWithoutGracefulStop from './js-server-without-graceful-stop.ts';
import jsServiceWithoutRequestDeadline from './js-service-without-request-deadline.ts';
import jsTransactionWithoutRollback from './js-transaction-without-rollback.ts';
import jsUndiciBodyUnread from './js-undici-body-unread.ts';
import jsUndiciPoolWithoutConnections from './js-undici-pool-without-connections.ts';
import livenessAsksDependencies from './liveness-asks-dependencies.ts';
import mongoClientWithoutTimeout from './mongo-client-without-timeout.ts';
import pythonAiohttpSessionWithoutTimeout from './python-aiohttp-session-without-timeout.ts';
import pythonBlockingCallInAsync from './python-blocking-call-in-async.ts';
import pythonCancellationSwallowed from './python-cancellation-swallowed.ts';
import pythonCeleryRetryWithoutEnd from './python-celery-retry-without-end.ts';
import pythonCeleryTaskLostWithWorker from './python-celery-task-lost-with-worker.ts';
import pythonCommitErrorWithoutRollback from './python-commit-error-without-rollback.ts';
import pythonDjangoConnectionUnchecked from './python-django-connection-unchecked.ts';
import pythonDjangoWritesWithoutTransaction from './python-django-writes-without-transaction.ts';
import pythonEngineWithoutPrePing from './python-engine-without-pre-ping.ts';
import pythonHttpCallWithoutTimeout from './python-http-call-without-timeout.ts';
import pythonHttpxClientPerRequest from './python-httpx-client-per-request.ts';
import pythonMailWithoutTimeout from './python-mail-without-timeout.ts';
import pythonPostgresWithoutConnectTimeout from './python-postgres-without-connect-timeout.ts';
import pythonPostgresWithoutStatementTimeout from './python-postgres-without-statement-timeout.ts';
import pythonRedisWithoutTimeout from './python-redis-without-timeout.ts';
import pythonRetryOfUnsafeCall from './python-retry-of-unsafe-call.ts';
import pythonSqliteWithoutWal from './python-sqlite-without-wal.ts';
import pythonSyncSessionInAsyncRoute from './python-sync-session-in-async-route.ts';
import pythonTaskWithoutReference from './python-task-without-reference.ts';
import pythonTenacityRetryWithoutStop from './python-tenacity-retry-without-stop.ts';
import pythonWorkerWithoutTimeLimit from './python-worker-without-time-limit.ts';
import retriesMultiplied from './retries-multiplied.ts';
import retryAfterIgnored from './retry-after-ignored.ts';
import retryWithoutBound from './retry-without-bound.ts';
import serviceWithoutCircuitBreaker from './service-without-circuit-breaker.ts';
import serviceWithoutHealthEndpoint from './service-without-health-endpoint.ts';
import serviceWithoutMetrics from './service-without-metrics.ts';
import writeErrorSwallowed from './write-error-swallowed.ts';

/** Every rule, sorted by id. */
export const RULES: readonly Rule[] = [
  goDatabaseWithoutLimits,
  goHttpClientWithoutTimeout,
  goQueryWithoutContext,
  goResultNotClosed,
  goRowsErrorUnchecked,
  goServerWithoutGracefulStop,
  goServerWithoutTimeouts,
  goTransactionWithoutRollback,
  innerTimeoutAboveOuter,
  javaBlockInReactiveChain,
  javaExecutorWithUnboundedQueue,
  javaHikariDefaultWait,
  javaHttpRequestWithoutTimeout,
  javaRestTemplateWithoutTimeouts,
  javaSelfInvocationPastProxy,
  javaTransactionWithoutRollbackFor,
  javaWebClientWithoutResponseTimeout,
  jsAxiosDownloadWithoutLimit,
  jsAxiosWithoutTimeout,
  jsExpress4AsyncHandlerWithoutCatch,
  jsFastifyWithoutRequestTimeout,
  jsFetchResultWithoutStatus,
  jsFetchWithoutTimeout,
  jsFloatingPromise,
  jsMailWithoutTimeout,
  jsMongooseWithoutSocketTimeout,
  jsParallelCallsWithoutLimit,
  jsPgClientNotReleased,
  jsPgPoolWithoutErrorListener,
  jsPgPoolWithoutTimeouts,
  jsRetryOfUnsafeCall,
  jsSequentialReads,
  jsServerLimitsTurnedOff,
  jsServerWithoutGracefulStop,
  jsServiceWithoutRequestDeadline,
  jsTransactionWithoutRollback,
  jsUndiciBodyUnread,
  jsUndiciPoolWithoutConnections,
  livenessAsksDependencies,
  mongoClientWithoutTimeout,
  pythonAiohttpSessionWithoutTimeout,
  pythonBlockingCallInAsync,
  pythonCancellationSwallowed,
  pythonCeleryRetryWithoutEnd,
  pythonCeleryTaskLostWithWorker,
  pythonCommitErrorWithoutRollback,
  pythonDjangoConnectionUnchecked,
  pythonDjangoWritesWithoutTransaction,
  pythonEngineWithoutPrePing,
  pythonHttpCallWithoutTimeout,
  pythonHttpxClientPerRequest,
  pythonMailWithoutTimeout,
  pythonPostgresWithoutConnectTimeout,
  pythonPostgresWithoutStatementTimeout,
  pythonRedisWithoutTimeout,
  pythonRetryOfUnsafeCall,
  pythonSqliteWithoutWal,
  pythonSyncSessionInAsyncRoute,
  pythonTaskWithoutReference,
  pythonTenacityRetryWithoutStop,
  pythonWorkerWithoutTimeLimit,
  retriesMultiplied,
  retryAfterIgnored,
  retryWithoutBound,
  serviceWithoutCircuitBreaker,
  serviceWithoutHealthEndpoint,
  serviceWithoutMetrics,
  writeErrorSwallowed,
];
