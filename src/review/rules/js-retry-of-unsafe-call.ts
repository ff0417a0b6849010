import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { argumentsOf, type JsBinding, readJsImports } from '../syntax/javascript.ts';
import { findAncestor, listWithin, membersOf } from '../syntax/source-text.ts';

const RETRY: Readonly<Record<string, RegExp>> = {
  'p-retry': /^(default|pRetry)$/,
  'async-retry': /^default$/,
  'exponential-backoff': /^backOff$/,
  'retry-as-promised': /^default$/,
  'ts-retry-promise': /^retry$/,
};
/** What makes a second delivery harmless, or proves that the first one was not made. */
const SAFE =
  /idempoten|dedup|upsert|onConflict|ON CONFLICT|ECONNREFUSED|ENOTFOUND|requestId|request_id|If-Match|retry(If|On)|shouldRetry|AbortError|\bbail\b/i;
/** Asking by POST changes nothing, and what is over or gone is so no more the second time. */
const ASKS =
  /search|query|graphql|find|list|lookup|token|login|auth|embed|complet|generat|predict|translat|revo(ke|cation)|cancel|delete|logout|validat|verif/i;
const JS_METHOD = /\bmethod\s*:\s*['"`](POST|PATCH)['"`]/i;

export default defineRule({
  id: 'js-retry-of-unsafe-call',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'Retry of a call that must not be made twice (JavaScript)',
  summary: 'A POST whose answer was lost is sent again, and what it does is done twice.',
  severity: 'high',
  priority: 'recommended',
  complexity: 'medium',
  cost: 'low',
  packages: ['p-retry', 'async-retry', 'axios-retry'],
  shownBy: { retry_multiplication: 0.5 },
  advice: {
    libraryDefault:
      'p-retry and async-retry repeat whatever they are given; axios-retry leaves POST and PATCH alone, unless `retryCondition` says otherwise.',
    source:
      'RFC 9110 §9.2.2 (Idempotent Methods); README of p-retry, async-retry and axios-retry (isNetworkOrIdempotentRequestError, isRetryableError)',
    howItMaterializes: 'The order is placed, the answer is lost or late, and the retry places it again.',
    downstreamImpact: 'Customers are charged twice; the duplicates are found by hand, later.',
    discussion:
      'Send an idempotency key with the request, made before the first attempt, or retry only errors that prove that nothing was sent (ECONNREFUSED).',
    infrastructurePattern: 'Gateways and meshes that retry must leave POST alone, too.',
    benefit: 'A retry has the effect of one call.',
    risks: 'The other side must support the key.',
    monitoring: 'Writes per request at the dependency, duplicates by key.',
  },
  check({ source }) {
    const names = readJsImports(source);
    return source.nodes('call_expression').flatMap((call) => {
      const binding = names.get(call.child('function')?.text ?? '');
      if (binding === undefined || SAFE.test(call.text)) return [];
      return RETRY[binding.module]?.test(binding.name) === true
        ? checkRetry(call)
        : checkAxiosRetry(call, binding);
    });
  },
  examples: {
    valid: [
      "import pRetry from 'p-retry';\nawait pRetry(() => axios.get(url), { retries: 3 });",
      "import pRetry from 'p-retry';\nawait pRetry(() => axios.post(url, order, { headers: { 'Idempotency-Key': key } }), { retries: 3 });",
      "import pRetry from 'p-retry';\nawait pRetry(() => axios.post(base + '/search', query), { retries: 3 });",
      "import pRetry from './retry.js';\nawait pRetry(() => axios.post(url, order));",
      "import pRetry from 'p-retry';\nawait axios.post(url, order);",
      "import axiosRetry from 'axios-retry';\naxiosRetry(axios, { retries: 3 });",
      "import axiosRetry from 'axios-retry';\naxiosRetry(axios, { retries: 3, retryCondition: axiosRetry.isNetworkOrIdempotentRequestError });",
      "import axiosRetry from 'axios-retry';\naxiosRetry(axios, { retryCondition: (error) => error.response?.status === 429 });",
      "import pRetry from 'p-retry';\nawait pRetry(() => axios.post(base + '/orders/cancel'), { retries: 3 });",
      "import pRetry from 'p-retry';\nawait pRetry(async () => { const { data } = await axios.get(ORDER); if (data.open) await axios.post(ORDER, order); }, { retries: 3 });",
    ],
    invalid: [
      {
        before:
          "import pRetry from 'p-retry';\nawait pRetry(async () => { const { data } = await axios.get(RATE); await axios.post(ORDER, data); }, { retries: 3 });",
        after: null,
      },
      {
        before:
          "import pRetry from 'p-retry';\nawait pRetry(() => axios.post(ORDERS, order), { retries: 3 });",
        after: null,
      },
      {
        before:
          "const retry = require('async-retry');\nawait retry(async () => {\n  const r = await fetch(ORDERS, { method: 'POST', body });\n  return r.json();\n}, { retries: 5 });",
        after: null,
      },
      {
        before:
          "import axiosRetry from 'axios-retry';\naxiosRetry(axios, { retries: 3, retryCondition: () => true });",
        after:
          "import axiosRetry from 'axios-retry';\naxiosRetry(axios, { retries: 3, retryCondition: axiosRetry.isNetworkOrIdempotentRequestError });",
      },
      {
        before:
          "import axiosRetry from 'axios-retry';\naxiosRetry(client, { retryCondition: axiosRetry.isRetryableError });",
        after:
          "import axiosRetry from 'axios-retry';\naxiosRetry(client, { retryCondition: axiosRetry.isNetworkOrIdempotentRequestError });",
      },
    ],
  },
});

/** `pRetry(() => axios.post(…))`, with the call written there. */
function checkRetry(retry: LeanNode): RuleMatch[] {
  const [work] = argumentsOf(retry);
  if (work?.type !== 'arrow_function' && work?.type !== 'function_expression') return [];
  const calls = listWithin(work, 'call_expression');
  const unsafe = calls.find((call) => isUnsafe(call) && !looksFirst(call, calls));
  if (unsafe === undefined) return [];
  return [
    {
      startOffset: unsafe.start,
      endOffset: unsafe.end,
      message: `This repeats \`${unsafe.child('function')?.text ?? ''}\`, which may have been done when its answer was lost.`,
      fix: null,
    },
  ];
}

/** Whether the work asks the same client for the state before, and posts only for some of what it may be. */
function looksFirst(unsafe: LeanNode, calls: readonly LeanNode[]): boolean {
  const look = calls.find((call) => call.end <= unsafe.start && isLook(call, unsafe));
  const chosen = findAncestor(unsafe, 'if_statement');
  return look !== undefined && chosen !== null && chosen.start > look.end;
}

function isLook(call: LeanNode, unsafe: LeanNode): boolean {
  const callee = call.child('function')?.text;
  const other = unsafe.child('function')?.text ?? '';
  if (callee !== 'fetch' || other !== 'fetch') return callee === other.replace(/\.\w+$/, '.get');
  return !/\bmethod\b/.test(call.text);
}

function isUnsafe(call: LeanNode): boolean {
  const callee = call.child('function')?.text ?? '';
  const target = argumentsOf(call)[0]?.text ?? '';
  if (ASKS.test(target) || ASKS.test(callee)) return false;
  if (callee === 'fetch') return JS_METHOD.test(call.text);
  return /^axios\.(post|patch)$/.test(callee);
}

/** `axiosRetry(client, { retryCondition: … })` with a condition that holds for every method. */
function checkAxiosRetry(call: LeanNode, binding: JsBinding): RuleMatch[] {
  const options = argumentsOf(call)[1];
  if (binding.module !== 'axios-retry' || binding.name !== 'default' || options?.type !== 'object') return [];
  const pair = membersOf(options).find((one) => one.child('key')?.text === 'retryCondition');
  const value = pair?.child('value');
  const name = call.child('function')?.text ?? '';
  if (value == null || !holdsForAll(value, name)) return [];
  return [
    {
      startOffset: value.start,
      endOffset: value.end,
      message: 'This condition repeats POST as well, which may have been done when its answer was lost.',
      fix: {
        summary: 'Repeat only what may be made twice.',
        edits: [
          {
            startOffset: value.start,
            endOffset: value.end,
            text: `${name}.isNetworkOrIdempotentRequestError`,
          },
        ],
      },
    },
  ];
}

function holdsForAll(condition: LeanNode, name: string): boolean {
  if (condition.text === `${name}.isRetryableError`) return true;
  return condition.type === 'arrow_function' && condition.child('body')?.text === 'true';
}
