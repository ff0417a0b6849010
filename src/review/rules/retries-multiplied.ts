import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { type JsBinding, readJsImports } from '../syntax/javascript.ts';
import { fullName, type PythonNames, readPythonImports } from '../syntax/python.ts';
import { findAncestor, listWithin, type SourceText, walk } from '../syntax/source-text.ts';

const PY_RETRY =
  /^(tenacity\.retry|backoff\.on_(exception|predicate)|stamina\.retry|retrying\.retry|retry\.(api\.)?retry)$/;
const JS_RETRY: Readonly<Record<string, RegExp>> = {
  'p-retry': /^(default|pRetry)$/,
  'async-retry': /^default$/,
  'exponential-backoff': /^backOff$/,
  'retry-as-promised': /^default$/,
  'ts-retry-promise': /^retry$/,
};
/** Retries that strike on some errors only, so that two of them need not meet. */
const SOME_ERRORS = /retry_if|retry_on|retryIf|shouldRetry|AbortError|\bbail\b|on_predicate|\bon\s*=/;

export default defineRule({
  id: 'retries-multiplied',
  languages: ['python', 'javascript', 'typescript', 'tsx'],
  title: 'Retries within retries',
  summary:
    'Attempts of two layers multiply: three times three calls for one request, just when the other side is weak.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['tenacity', 'backoff', 'p-retry', 'async-retry'],
  shownBy: { retry_multiplication: 0.8, slow_recovery: 0.4 },
  advice: {
    libraryDefault:
      'tenacity repeats for ever, backoff too, p-retry ten times and async-retry ten times, where nothing is said; no layer knows of the others.',
    source:
      'Google SRE Book, chapter 22 "Addressing Cascading Failures: Retries"; AWS Builders Library "Timeouts, retries, and backoff with jitter"; README of p-retry and async-retry',
    howItMaterializes:
      'The dependency fails: the inner layer tries three times and gives up, the outer one begins again, three times.',
    downstreamImpact: 'The dependency gets a multiple of its usual load when it is weakest, and stays down.',
    discussion:
      'Retry on one layer only, the one next to the call, and let its last error through the others.',
    infrastructurePattern:
      'A retry budget in the service mesh (Envoy `retry_budget`) caps what all layers add.',
    benefit: 'One failing request costs three calls and not nine.',
    risks: 'What only the outer layer repeated, such as a second call, is not repeated any more.',
    monitoring: 'Calls at the dependency per request of ours.',
  },
  check({ source }) {
    return source.language === 'python' ? checkPython(source) : checkJavaScript(source);
  },
  examples: {
    valid: [
      'from tenacity import retry, stop_after_attempt\n@retry(stop=stop_after_attempt(3))\ndef a():\n    return b()\ndef b():\n    return get()\n',
      'from tenacity import retry, stop_after_attempt\n@retry(stop=stop_after_attempt(3))\ndef a():\n    return get()\n@retry(stop=stop_after_attempt(3))\ndef b():\n    return get()\n',
      'from tenacity import retry, retry_if_exception_type\n@retry(retry=retry_if_exception_type(KeyError))\ndef a():\n    return b()\n@retry(retry=retry_if_exception_type(OSError))\ndef b():\n    return get()\n',
      'import backoff\n@backoff.on_exception(backoff.expo, KeyError)\ndef a():\n    return b()\n@backoff.on_exception(backoff.expo, OSError)\ndef b():\n    return get()\n',
      'from mine import retry\n@retry\ndef a():\n    return b()\n@retry\ndef b():\n    return get()\n',
      {
        language: 'typescript',
        code: "import pRetry from 'p-retry';\nawait pRetry(() => load(), { retries: 3 });",
      },
      {
        language: 'typescript',
        code: "import pRetry from 'p-retry';\nconst load = () => pRetry(() => get(), { retries: 3 });\nawait load();",
      },
    ],
    invalid: [
      {
        before:
          'from tenacity import retry, stop_after_attempt\n@retry(stop=stop_after_attempt(3))\ndef charge():\n    return post()\n@retry(stop=stop_after_attempt(3))\ndef order():\n    return charge()\n',
        after: null,
      },
      {
        before:
          'import backoff\nclass Client:\n    @backoff.on_exception(backoff.expo, OSError, max_tries=3)\n    def post(self):\n        return send()\n    @backoff.on_exception(backoff.expo, OSError, max_tries=5)\n    def order(self):\n        return self.post()\n',
        after: null,
      },
      {
        language: 'typescript',
        before:
          "import pRetry from 'p-retry';\nconst load = () => pRetry(() => get(), { retries: 3 });\nawait pRetry(async () => { const a = await load(); return a; }, { retries: 3 });",
        after: null,
      },
      {
        language: 'javascript',
        before:
          "const retry = require('async-retry');\nawait retry(async () => { await retry(() => get(), { retries: 2 }); }, { retries: 5 });",
        after: null,
      },
    ],
  },
});

interface Retried {
  readonly name: string;
  readonly decorator: LeanNode;
  readonly body: LeanNode;
}

function checkPython(source: SourceText): RuleMatch[] {
  const names = readPythonImports(source);
  const retried = source.nodes('decorated_definition').flatMap((node) => readRetried(node, names));
  return retried.flatMap((outer) => {
    const callees = new Set(
      listWithin(outer.body, 'call').map((call) =>
        (call.child('function')?.text ?? '').replace(/^self\./, ''),
      ),
    );
    const inner = retried.find(
      (one) => one !== outer && callees.has(one.name) && meet(outer.decorator.text, one.decorator.text),
    );
    return inner === undefined ? [] : [toMatch(outer.decorator, inner.name)];
  });
}

function readRetried(node: LeanNode, names: PythonNames): Retried[] {
  const definition = node.child('definition');
  const body = definition?.child('body');
  const name = definition?.child('name')?.text;
  const decorator = node.children.find((one) => {
    const inner = one.type === 'decorator' ? (one.children[0] ?? null) : null;
    return PY_RETRY.test(fullName(inner?.type === 'call' ? inner.child('function') : inner, names) ?? '');
  });
  if (definition?.type !== 'function_definition' || body == null || name === undefined) return [];
  return decorator === undefined ? [] : [{ name, decorator, body }];
}

/** Whether both layers repeat on the same errors: on all, or on those with the same names. */
function meet(outer: string, inner: string): boolean {
  if (SOME_ERRORS.test(outer) || SOME_ERRORS.test(inner)) return false;
  const errorsOf = (text: string) =>
    /on_exception\(\s*[^,]+,\s*(\([^)]*\)|[\w.]+)/.exec(text)?.[1] ?? 'Exception';
  return errorsOf(outer) === 'Exception' || errorsOf(outer) === errorsOf(inner);
}

function checkJavaScript(source: SourceText): RuleMatch[] {
  const names = readJsImports(source);
  const retries = source.nodes('call_expression').filter((call) => isJsRetry(call, names));
  const named = new Map(retries.flatMap((call) => nameAround(call, retries)));
  return retries.flatMap((outer) => {
    const list = outer.child('arguments');
    if (list === null || SOME_ERRORS.test(outer.text)) return [];
    let inner: string | null = null;
    walk(list, (node) => {
      const callee = node.type === 'call_expression' ? (node.child('function')?.text ?? '') : '';
      const isNested = node.type === 'call_expression' && isJsRetry(node, names);
      if (isNested || (named.has(callee) && named.get(callee) !== outer)) inner = inner ?? callee;
      return inner === null;
    });
    return inner === null ? [] : [toMatch(outer.child('function') ?? outer, inner)];
  });
}

function isJsRetry(call: LeanNode, names: ReadonlyMap<string, JsBinding>): boolean {
  const binding = names.get(call.child('function')?.text ?? '');
  return binding !== undefined && JS_RETRY[binding.module]?.test(binding.name) === true;
}

/** The name of the function whose body is, or awaits and returns, a retry on all errors. */
function nameAround(call: LeanNode, retries: readonly LeanNode[]): [string, LeanNode][] {
  const around = findAncestor(
    call,
    'arrow_function',
    'function_declaration',
    'function_expression',
    'call_expression',
  );
  if (around === null || around.type === 'call_expression' || retries.includes(around)) return [];
  const name = around.child('name')?.text ?? around.parent?.child('name')?.text;
  return name === undefined || SOME_ERRORS.test(call.text) ? [] : [[name, call]];
}

function toMatch(place: LeanNode, inner: string): RuleMatch {
  return {
    startOffset: place.start,
    endOffset: place.end,
    message: `This repeats \`${inner}\`, which repeats by itself: the attempts multiply.`,
    fix: null,
  };
}
