import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleContext, type RuleFix, type RuleMatch } from '../rule.ts';
import { appendMember } from '../syntax/insert.ts';
import {
  argumentsOf,
  declares,
  isBrowserCode,
  isTimeBounded,
  type JsBinding,
  propertyNames,
  readJsImports,
} from '../syntax/javascript.ts';
import { isAfterAnswer } from '../syntax/js-after-answer.ts';
import { indentAt, lineBreakAt } from '../syntax/source-text.ts';

const FETCH_MODULES = new Set([
  'undici',
  'node-fetch',
  'cross-fetch',
  'node-fetch-native',
  'isomorphic-fetch',
]);
const GLOBAL_FETCH = new Set(['fetch', 'globalThis.fetch', 'global.fetch']);
/** The address of a stream of events, which has no end to wait for. */
const STREAM = /\/(stream|events|sse)\/?['"`]$/i;
const SIGNAL = 'signal: AbortSignal.timeout(2000)';

export default defineRule({
  id: 'js-fetch-without-timeout',
  languages: ['javascript', 'typescript', 'tsx'],
  title: '`fetch` without a time limit',
  summary: 'A fetch without a signal waits minutes for a server that never answers, and so does its caller.',
  severity: 'high',
  priority: 'critical',
  complexity: 'low',
  cost: 'low',
  packages: ['undici', 'node-fetch'],
  shownBy: { hang: 0.9 },
  advice: {
    libraryDefault:
      "Node's fetch (undici 5 to 7) waits 300 s for headers, 300 s between parts of the body and 10 s to connect; node-fetch has no limit at all.",
    source:
      'undici docs/docs/api/Client.md (headersTimeout, bodyTimeout, connect.timeout); node-fetch README',
    howItMaterializes:
      'The other service accepts the connection and stays silent: the promise stays open for five minutes, with the request that waits for it, its memory and its socket.',
    downstreamImpact:
      'Callers give up first and try again, so the number of open requests grows until the process is out of sockets or memory.',
    discussion:
      'AbortSignal.timeout covers the whole exchange, body included, and rejects with a TimeoutError. The limit should stay below the deadline of whoever waits for us; answer 504 (or serve something older) when it strikes.',
    infrastructurePattern:
      'A response timeout per route in the service mesh or load balancer (Envoy `timeout`, nginx `proxy_read_timeout`) bounds the wait of the caller too.',
    benefit: 'A silent dependency costs two seconds and a clear error instead of minutes.',
    risks:
      'Answers slower than the limit become errors, long downloads and event streams too: give those a limit of their own.',
    monitoring: 'Count of TimeoutError by dependency, p99 latency of outgoing calls, open sockets.',
  },
  check(context) {
    const names = readJsImports(context.source);
    if (isBrowserCode(context.source, names, context.project)) return [];
    if (context.source.text.includes('setGlobalDispatcher(')) return [];
    if (context.project.holdsTogether(['setGlobalDispatcher(', 'headersTimeout'])) return [];
    return context.source
      .nodes('call_expression')
      .map((call) => checkCall(call, names, context))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      { code: 'await fetch(url);', versions: { 'react-dom': '19.0.0' } },
      { code: 'await fetch(url);', versions: { commander: '14.0.0' } },
      'const r = await fetch(url, { signal: AbortSignal.timeout(5_000) });',
      'async function get(url, options) { return fetch(url, options); }',
      'const r = await fetch(url, { method: "POST", ...options });',
      "import { fetch } from './http.js';\nawait fetch(url);",
      'function make(fetch) { return (url) => fetch(url); }',
      'const r = await Promise.race([fetch(url), rejectAfter(2000)]);',
      'const el = document.querySelector("#a");\nawait fetch("/api/a");',
      'const r = await fetch(new Request(url, { signal }));',
      'export default { async fetch(request, env) { return env.ASSETS.fetch(request); } };',
      'const r = await fetch(request);',
      "const r = await fetch(base + '/a', { credentials: 'include' });",
      'const r = await fetch(import.meta.env.VITE_API_URL + "/a");',
      "import { alerts } from '$store/alerts.svelte.ts';\nconst r = await fetch(url);",
      "const r = await fetch('/api/orders/7');",
      'const path = "/api/orders";\nexport const list = () => fetch(path, { method: "POST" });',
      'chrome.alarms.onAlarm.addListener(async () => { await fetch(url); });',
      'const font = await fetch(new URL("./a.ttf", import.meta.url));',
      'const controller = new AbortController();\nconst { signal } = controller;\nawait fetch(url, { signal });',
      'export const maxDuration = 60;\nexport async function POST() {\n  after(async () => { await tell(1); });\n}\nconst tell = async (id) => { await send(id); };\nasync function send(id) { await fetch(url); }',
      'export const maxDuration = 60;\nexport function GET(request, context) {\n  context.waitUntil(fetch(url));\n}',
      "const r = await fetch(url, { headers: { accept: 'text/event-stream' } });",
      'const r = await fetch("http://localhost:3000/api/logs/stream");',
    ],
    invalid: [
      {
        before:
          'export const maxDuration = 60;\nexport async function POST() {\n  await send(1);\n  after(() => send(2));\n}\nasync function send(id) { await fetch(url); }',
        after:
          'export const maxDuration = 60;\nexport async function POST() {\n  await send(1);\n  after(() => send(2));\n}\nasync function send(id) { await fetch(url, { signal: AbortSignal.timeout(2000) }); }',
      },
      {
        before: "const r = await fetch(url, { headers: { credentials: 'all' } });",
        after:
          "const r = await fetch(url, { headers: { credentials: 'all' }, signal: AbortSignal.timeout(2000) });",
      },
      {
        before: 'export function POST() {\n  after(() => fetch(url));\n}',
        after:
          'export function POST() {\n  after(() => fetch(url, { signal: AbortSignal.timeout(2000) }));\n}',
      },
      {
        before: 'const r = await fetch(url);',
        after: 'const r = await fetch(url, { signal: AbortSignal.timeout(2000) });',
      },
      {
        before: 'const r = await fetch(base + "/a", { method: "POST", body });',
        after:
          'const r = await fetch(base + "/a", { method: "POST", body, signal: AbortSignal.timeout(2000) });',
      },
      {
        before: 'const r = await fetch(url, {\n  method: "POST",\n  body: JSON.stringify({ a: 1 }),\n});\n',
        after:
          'const r = await fetch(url, {\n  method: "POST",\n  body: JSON.stringify({ a: 1 }),\n  signal: AbortSignal.timeout(2000),\n});\n',
      },
      {
        before: "import { fetch as send } from 'undici';\nawait send(url);",
        after:
          "import { fetch as send } from 'undici';\nawait send(url, { signal: AbortSignal.timeout(2000) });",
      },
      {
        before: "const fetch = require('node-fetch');\nmodule.exports = () => fetch(url, {});",
        after:
          "const fetch = require('node-fetch');\nmodule.exports = () => fetch(url, { signal: AbortSignal.timeout(2000) });",
      },
      {
        before: 'const r: Response = await globalThis.fetch(url as string);',
        after:
          'const r: Response = await globalThis.fetch(url as string, { signal: AbortSignal.timeout(2000) });',
        language: 'typescript',
      },
    ],
  },
});

function checkCall(
  call: LeanNode,
  names: ReadonlyMap<string, JsBinding>,
  { source }: RuleContext,
): RuleMatch | null {
  const callee = call.child('function');
  if (callee === null || !isFetch(callee, names) || isTimeBounded(call)) return null;
  if (!names.has(callee.text) && callee.text === 'fetch' && declares(source, 'fetch')) return null;
  const [target, options, ...more] = argumentsOf(call);
  if (target === undefined || more.length > 0 || mayCarrySignal(target) || isOwnFile(target)) return null;
  if (STREAM.test(target.text)) return null;
  if (options !== undefined && !isPlainWithoutSignal(options)) return null;
  if (isAfterAnswer(source, call)) return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: `\`${callee.text}\` is called without a \`signal\`, so nothing of ours ends the wait.`,
    fix: fixOf(call, options, source.text),
    ofOneCall: true,
  };
}

function isFetch(callee: LeanNode, names: ReadonlyMap<string, JsBinding>): boolean {
  const binding = names.get(callee.text);
  if (binding === undefined) return GLOBAL_FETCH.has(callee.text);
  return FETCH_MODULES.has(binding.module) && (binding.name === 'default' || binding.name === 'fetch');
}

/** `new URL('./font.ttf', import.meta.url)`: a file of the bundle, at hand. */
function isOwnFile(target: LeanNode): boolean {
  return target.type === 'new_expression' && target.text.includes('import.meta.url');
}

/** A `Request`, or what is named like one, may hold a signal; a spread may hold options. */
function mayCarrySignal(target: LeanNode): boolean {
  if (target.type === 'spread_element' || target.type === 'new_expression') {
    return target.child('constructor')?.text !== 'URL';
  }
  return target.type === 'identifier' && /^(req|request|input|.*Request)$/.test(target.text);
}

function isPlainWithoutSignal(options: LeanNode): boolean {
  if (options.type !== 'object') return options.text === 'undefined';
  const names = propertyNames(options);
  if (names === null || names.has('signal') || names.has('timeout') || names.has('dispatcher')) return false;
  return !options.text.includes('text/event-stream');
}

function fixOf(call: LeanNode, options: LeanNode | undefined, text: string): RuleFix | null {
  const list = call.child('arguments');
  if (list === null || options?.text === 'undefined') return null;
  const edit = appendMember(text, options ?? list, options === undefined ? newOptions(call, text) : SIGNAL);
  return { summary: 'Give the call a time limit of 2 s.', edits: [edit] };
}

const MAX_LINE_CHARACTERS = 100;

/** Options for a call that has none; on lines of their own where the line would grow too long. */
function newOptions(call: LeanNode, text: string): string {
  const lineStart = text.lastIndexOf('\n', call.end - 1) + 1;
  const short = `{ ${SIGNAL} }`;
  if (call.end - lineStart + short.length + 2 <= MAX_LINE_CHARACTERS) return short;
  const lineBreak = lineBreakAt(text, call.start);
  const indent = indentAt(text, call.end);
  const unit = indent.startsWith('\t') ? '\t' : '  ';
  return `{${lineBreak}${indent}${unit}${SIGNAL},${lineBreak}${indent}}`;
}
