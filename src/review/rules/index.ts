import type { Rule } from '../rule.ts';
import goHttpClientWithoutTimeout from './go-http-client-without-timeout.ts';
import goResultNotClosed from './go-result-not-closed.ts';
import goServerWithoutTimeouts from './go-server-without-timeouts.ts';
import jsAxiosWithoutTimeout from './js-axios-without-timeout.ts';
import jsExpress4AsyncHandlerWithoutCatch from './js-express-4-async-handler-without-catch.ts';
import jsFastifyWithoutRequestTimeout from './js-fastify-without-request-timeout.ts';
import jsFetchResultWithoutStatus from './js-fetch-result-without-status.ts';
import jsFetchWithoutTimeout from './js-fetch-without-timeout.ts';
import jsMongooseWithoutSocketTimeout from './js-mongoose-without-socket-timeout.ts';
import jsPgClientNotReleased from './js-pg-client-not-released.ts';
import jsPgPoolWithoutErrorListener from './js-pg-pool-without-error-listener.ts';
import jsPgPoolWithoutTimeouts from './js-pg-pool-without-timeouts.ts';
import jsSequentialReads from './js-sequential-reads.ts';
import jsUndiciPoolWithoutConnections from './js-undici-pool-without-connections.ts';
import pythonAiohttpSessionWithoutTimeout from './python-aiohttp-session-without-timeout.ts';
import pythonBlockingCallInAsync from './python-blocking-call-in-async.ts';
import pythonEngineWithoutPrePing from './python-engine-without-pre-ping.ts';
import pythonHttpCallWithoutTimeout from './python-http-call-without-timeout.ts';
import pythonPostgresWithoutConnectTimeout from './python-postgres-without-connect-timeout.ts';
import pythonRedisWithoutTimeout from './python-redis-without-timeout.ts';
import pythonSqliteWithoutWal from './python-sqlite-without-wal.ts';
import pythonSyncSessionInAsyncRoute from './python-sync-session-in-async-route.ts';
import pythonTaskWithoutReference from './python-task-without-reference.ts';
import pythonTenacityRetryWithoutStop from './python-tenacity-retry-without-stop.ts';
import retryWithoutBound from './retry-without-bound.ts';

/** Every rule, sorted by id. */
export const RULES: readonly Rule[] = [
  goHttpClientWithoutTimeout,
  goResultNotClosed,
  goServerWithoutTimeouts,
  jsAxiosWithoutTimeout,
  jsExpress4AsyncHandlerWithoutCatch,
  jsFastifyWithoutRequestTimeout,
  jsFetchResultWithoutStatus,
  jsFetchWithoutTimeout,
  jsMongooseWithoutSocketTimeout,
  jsPgClientNotReleased,
  jsPgPoolWithoutErrorListener,
  jsPgPoolWithoutTimeouts,
  jsSequentialReads,
  jsUndiciPoolWithoutConnections,
  pythonAiohttpSessionWithoutTimeout,
  pythonBlockingCallInAsync,
  pythonEngineWithoutPrePing,
  pythonHttpCallWithoutTimeout,
  pythonPostgresWithoutConnectTimeout,
  pythonRedisWithoutTimeout,
  pythonSqliteWithoutWal,
  pythonSyncSessionInAsyncRoute,
  pythonTaskWithoutReference,
  pythonTenacityRetryWithoutStop,
  retryWithoutBound,
];
