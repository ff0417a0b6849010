import type { Rule } from '../rule.ts';
import goHttpClientWithoutTimeout from './go-http-client-without-timeout.ts';
import goServerWithoutTimeouts from './go-server-without-timeouts.ts';
import jsAxiosWithoutTimeout from './js-axios-without-timeout.ts';
import jsExpress4AsyncHandlerWithoutCatch from './js-express-4-async-handler-without-catch.ts';
import jsFetchWithoutTimeout from './js-fetch-without-timeout.ts';
import jsPgClientNotReleased from './js-pg-client-not-released.ts';
import jsPgPoolWithoutErrorListener from './js-pg-pool-without-error-listener.ts';
import jsPgPoolWithoutTimeouts from './js-pg-pool-without-timeouts.ts';
import jsSequentialReads from './js-sequential-reads.ts';
import pythonBlockingCallInAsync from './python-blocking-call-in-async.ts';
import pythonEngineWithoutPrePing from './python-engine-without-pre-ping.ts';
import pythonHttpCallWithoutTimeout from './python-http-call-without-timeout.ts';
import pythonSqliteWithoutWal from './python-sqlite-without-wal.ts';
import pythonSyncSessionInAsyncRoute from './python-sync-session-in-async-route.ts';
import pythonTaskWithoutReference from './python-task-without-reference.ts';
import pythonTenacityRetryWithoutStop from './python-tenacity-retry-without-stop.ts';
import retryWithoutBound from './retry-without-bound.ts';

/** Every rule, sorted by id. */
export const RULES: readonly Rule[] = [
  goHttpClientWithoutTimeout,
  goServerWithoutTimeouts,
  jsAxiosWithoutTimeout,
  jsExpress4AsyncHandlerWithoutCatch,
  jsFetchWithoutTimeout,
  jsPgClientNotReleased,
  jsPgPoolWithoutErrorListener,
  jsPgPoolWithoutTimeouts,
  jsSequentialReads,
  pythonBlockingCallInAsync,
  pythonEngineWithoutPrePing,
  pythonHttpCallWithoutTimeout,
  pythonSqliteWithoutWal,
  pythonSyncSessionInAsyncRoute,
  pythonTaskWithoutReference,
  pythonTenacityRetryWithoutStop,
  retryWithoutBound,
];
