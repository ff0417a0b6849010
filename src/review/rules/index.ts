import type { Rule } from '../rule.ts';
import jsAxiosWithoutTimeout from './js-axios-without-timeout.ts';
import jsFetchWithoutTimeout from './js-fetch-without-timeout.ts';
import pythonHttpCallWithoutTimeout from './python-http-call-without-timeout.ts';
import retryWithoutBound from './retry-without-bound.ts';

/** Every rule, sorted by id. */
export const RULES: readonly Rule[] = [
  jsAxiosWithoutTimeout,
  jsFetchWithoutTimeout,
  pythonHttpCallWithoutTimeout,
  retryWithoutBound,
];
