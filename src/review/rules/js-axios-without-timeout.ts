import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleContext, type RuleFix, type RuleMatch } from '../rule.ts';
import { appendMember } from '../syntax/insert.ts';
import {
  argumentsOf,
  isBrowserCode,
  isTimeBounded,
  type JsBinding,
  propertyNames,
  readJsImports,
} from '../syntax/javascript.ts';
import { isAfterAnswer } from '../syntax/js-after-answer.ts';
import { objectBehind } from '../syntax/js-values.ts';
import type { SourceText } from '../syntax/source-text.ts';

/** Where each of axios' methods takes its config. */
const CONFIG_PLACE: Readonly<Record<string, number>> = {
  create: 0,
  request: 0,
  get: 1,
  delete: 1,
  head: 1,
  options: 1,
  post: 2,
  put: 2,
  patch: 2,
};
const TIMEOUT = 'timeout: 2000';

export default defineRule({
  id: 'js-axios-without-timeout',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'axios call without a time limit',
  summary: 'An axios call without `timeout` never gives up on a server that never answers.',
  severity: 'high',
  priority: 'critical',
  complexity: 'low',
  cost: 'low',
  packages: ['axios'],
  shownBy: { hang: 0.9 },
  advice: {
    libraryDefault: 'axios (0.x and 1.x) has `timeout: 0`, which is no limit; body sizes are unlimited (-1).',
    source: 'axios lib/defaults/index.js; README "Request Config"',
    howItMaterializes:
      'The other service accepts the connection and stays silent: the promise stays open for good, with the request that waits for it and its socket.',
    downstreamImpact:
      'Callers give up first and try again, so open requests grow until the process is out of sockets or memory.',
    discussion:
      '`timeout` bounds the answer once connected; add `signal: AbortSignal.timeout(ms)` where connecting may hang too. One instance from `axios.create({ timeout })` is better than a limit at each call.',
    infrastructurePattern:
      'A response timeout per route in the service mesh or load balancer bounds the wait of the caller too.',
    benefit: 'A silent dependency costs two seconds and a clear error instead of a request for good.',
    risks: 'Answers slower than the limit become errors (`ECONNABORTED`), long downloads too.',
    monitoring: 'Count of ECONNABORTED and ETIMEDOUT by dependency, p99 latency of outgoing calls.',
  },
  check(context) {
    const names = readJsImports(context.source);
    if (isBrowserCode(context.source, names, context.project)) return [];
    if (context.project.holds('axios.defaults.timeout')) return [];
    if (context.project.holdsTogether(['axios.interceptors.request.use(', '.timeout ='])) return [];
    return context.source
      .nodes('call_expression')
      .map((call) => checkCall(call, names, context))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      "import axios from 'axios';\nawait axios.get(url, { timeout: 5000 });",
      "import axios from 'axios';\nconst api = axios.create({ baseURL, timeout: 3000 });\nawait api.get('/a');",
      "import axios from 'axios';\nawait axios.get(url, config);",
      "import axios from 'axios';\nawait axios.post(url, body, { ...options });",
      "import axios from './axios.js';\nawait axios.get(url);",
      "import axios from 'axios';\naxios.defaults.timeout = 5000;\nawait axios.get(url);",
      "import axios from 'axios';\naxios.interceptors.request.use((config) => { config.timeout = 5000; return config; });\nawait axios.get(url);",
      "import axios from 'axios';\nconst one = { url, timeout: 5000 };\nawait axios(one);",
      "import axios from 'axios';\nexport const send = (request) => axios(request);",
      "import axios from 'axios';\nif (axios.isAxiosError(error)) throw error;",
      "import axios from 'axios';\nexport const maxDuration = 10;\nexport function POST() {\n  after(() => axios.get(url));\n}",
      "import axios from 'axios';\nawait axios({ url, signal: AbortSignal.timeout(100) });",
    ],
    invalid: [
      {
        before: "import axios from 'axios';\nconst one = { url };\nawait axios(one);",
        after: "import axios from 'axios';\nconst one = { url, timeout: 2000 };\nawait axios(one);",
      },
      {
        before: "import axios from 'axios';\nawait axios.get(url);",
        after: "import axios from 'axios';\nawait axios.get(url, { timeout: 2000 });",
      },
      {
        before: "const axios = require('axios');\naxios.post(url, body);",
        after: "const axios = require('axios');\naxios.post(url, body, { timeout: 2000 });",
      },
      {
        before: "const axios = require('axios').default;\naxios.post(url);",
        after: "const axios = require('axios').default;\naxios.post(url, undefined, { timeout: 2000 });",
      },
      {
        before: "import http from 'axios';\nconst api = http.create({\n  baseURL,\n});\nawait api.get('/a');",
        after:
          "import http from 'axios';\nconst api = http.create({\n  baseURL,\n  timeout: 2000,\n});\nawait api.get('/a');",
      },
      {
        before: "import axios from 'axios';\nawait axios({ method: 'get', url });",
        after: "import axios from 'axios';\nawait axios({ method: 'get', url, timeout: 2000 });",
      },
    ],
  },
});

function checkCall(
  call: LeanNode,
  names: ReadonlyMap<string, JsBinding>,
  { source }: RuleContext,
): RuleMatch | null {
  const place = configPlace(call, names);
  if (place === null || isTimeBounded(call)) return null;
  const given = argumentsOf(call);
  if (given.some((one) => one.type === 'spread_element')) return null;
  const config = configOf(call, place, source);
  if (config === undefined ? isRequest(call) : !isPlainWithoutTimeout(config)) return null;
  if (given.length === 0 && place === 0 && !call.text.includes('.create')) return null;
  if (isAfterAnswer(source, call)) return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: `\`${call.child('function')?.text ?? 'axios'}\` has no \`timeout\`, and axios' own is none.`,
    fix: fixOf(call, place, config, source.text),
    ofOneCall: call.child('function')?.child('property')?.text !== 'create',
  };
}

/** Index of the config among the call's arguments; `null`: the call is none of axios. */
function configPlace(call: LeanNode, names: ReadonlyMap<string, JsBinding>): number | null {
  const callee = call.child('function');
  const object = callee?.type === 'member_expression' ? callee.child('object') : callee;
  if (object?.type !== 'identifier' || names.get(object.text)?.module !== 'axios') return null;
  if (names.get(object.text)?.name !== 'default') return null;
  if (callee?.type !== 'member_expression') return argumentsOf(call)[0]?.type === 'object' ? 0 : 1;
  return CONFIG_PLACE[callee.child('property')?.text ?? ''] ?? null;
}

/** What `axios(request)` is given by a name: its config, where that is an object of the file. */
function configOf(call: LeanNode, place: number, source: SourceText): LeanNode | undefined {
  const given = argumentsOf(call);
  const [only] = given;
  const isOnly = call.child('function')?.type === 'identifier' && given.length === 1;
  return (isOnly && only?.type === 'identifier' ? objectBehind(only, source) : null) ?? given[place];
}

/** Whether `axios(request)` is given something that is no address, by its name. */
function isRequest(call: LeanNode): boolean {
  const [only, ...more] = argumentsOf(call);
  if (call.child('function')?.type !== 'identifier' || more.length > 0) return false;
  const isNamed = only?.type === 'identifier' || only?.type === 'member_expression';
  return isNamed && !/(ur[il]s?|endpoint|href|link|address|path)$/i.test(only.text);
}

function isPlainWithoutTimeout(config: LeanNode): boolean {
  if (config.type !== 'object') return false;
  const names = propertyNames(config);
  return names !== null && !names.has('timeout') && !names.has('signal') && !names.has('cancelToken');
}

function fixOf(call: LeanNode, place: number, config: LeanNode | undefined, text: string): RuleFix | null {
  const list = call.child('arguments');
  if (list === null) return null;
  const missing = 'undefined, '.repeat(Math.max(0, place - argumentsOf(call).length));
  const edit =
    config === undefined
      ? appendMember(text, list, `${missing}{ ${TIMEOUT} }`)
      : appendMember(text, config, TIMEOUT);
  return { summary: 'Give the call a time limit of 2 s.', edits: [edit] };
}
