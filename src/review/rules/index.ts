import type { Rule } from '../rule.ts';
import jsAxiosWithoutTimeout from './js-axios-without-timeout.ts';
import jsFetchWithoutTimeout from './js-fetch-without-timeout.ts';
import jsSequentialReads from './js-sequential-reads.ts';
import pythonHttpCallWithoutTimeout from './python-http-call-without-timeout.ts';
import pythonSyncSessionInAsyncRoute from './python-sync-session-in-async-route.ts';
import pythonTenacityRetryWithoutStop from './python-tenacity-retry-without-stop.ts';
import retryWithoutBound from './retry-without-bound.ts';

/** Every rule, sorted by id. */
export const RULES: readonly Rule[] = [
  jsAxiosWithoutTimeout,
  jsFetchWithoutTimeout,
  jsSequentialReads,
  pythonHttpCallWithoutTimeout,
  pythonSyncSessionInAsyncRoute,
  pythonTenacityRetryWithoutStop,
  retryWithoutBound,
];
