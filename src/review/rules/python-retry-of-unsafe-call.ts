import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { fullName, type PythonNames, positionalOf, readPythonImports } from '../syntax/python.ts';
import { findAncestor, listWithin } from '../syntax/source-text.ts';

const RETRIES = new Set([
  'tenacity.retry',
  'backoff.on_exception',
  'backoff.on_predicate',
  'retry.retry',
  'retrying.retry',
  'stamina.retry',
]);
const IDEMPOTENT = /idempoten|dedup|on_conflict|upsert|get_or_create|request[-_]id/i;
/** Names of what only reads, or writes the same whole thing again: to do it twice does no harm. */
const REPEATABLE =
  /^_*(async_|a)?(do_|run_|post_)?(get|query|search|fetch|list|find|read|load|lookup|download|count|embed|rerank|predict|classify|encode|translate|transcribe|index|put|set|login|authenticate|refresh|revoke|cancel|delete|remove|logout|validate|verify)(_|$)/i;
/** The same of the last part of a path, or of the name of a URL. */
const REPEATABLE_PATH =
  /(^|[-_.])(revoke|revocations?|cancel|cancell?ations?|delete|remove|log_?out|search|query|validate|validations?|verify|introspect|tokens?)([-_.]|$)/i;
const HTTP_CALL = /^(\w+\.)*(requests|httpx|session|client|http|http_client|_client|s)\.post$/i;
/** How a function asks whether the row is there already, before it adds one. */
const FINDS_ROW =
  /\bNoResultFound\b|\bone_or_none\(\)|\.query\([^\n]*\.first\(\)|\.scalars?\([^\n]*\.first\(\)/;
const COMMIT = /^(\w+\.)*(db|session|sess|db_session|conn|connection)\.commit$/i;

export default defineRule({
  id: 'python-retry-of-unsafe-call',
  languages: ['python'],
  title: 'Retry around a call that is not safe to repeat',
  summary: 'A POST or a commit that is repeated after a lost answer happens twice.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'medium',
  cost: 'medium',
  packages: ['tenacity', 'backoff', 'stamina'],
  shownBy: { retry_multiplication: 0.5 },
  advice: {
    libraryDefault:
      'tenacity, backoff and stamina (all versions) repeat whatever they decorate; urllib3 leaves POST out of its retries (Retry.allowed_methods) for this reason.',
    source: 'RFC 9110 section 9.2.2 (idempotent methods); urllib3 docs, Retry.allowed_methods',
    howItMaterializes:
      'The answer is lost after the work was done (a reset, a time limit): the retry does it once more.',
    downstreamImpact: 'Two orders, two payments, two mails; found by the customer.',
    discussion:
      'Send an idempotency key that stays the same over the attempts and is checked on the other side, or write by a unique key (upsert). Else retry only errors that prove that nothing was sent, as a refused connection.',
    infrastructurePattern: 'Service meshes repeat only idempotent methods unless told otherwise; keep it so.',
    benefit: 'A retry can do no harm.',
    risks: 'The other side must support the key.',
    monitoring: 'Writes per request at the dependency, duplicates by key.',
  },
  check({ source }) {
    const names = readPythonImports(source);
    return source
      .nodes('decorated_definition')
      .map((node) => checkDefinition(node, names))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'import requests\nfrom tenacity import retry\n@retry\ndef f():\n    return requests.get(url)\n',
      'import requests\nfrom tenacity import retry\n@retry\ndef f(key):\n    return requests.post(url, headers={"Idempotency-Key": key})\n',
      'import requests\ndef f():\n    return requests.post(url)\n',
      'from tenacity import retry, retry_if_exception_type\nimport requests\n@retry(retry=retry_if_exception_type(ConnectTimeout))\ndef f():\n    return requests.post(url)\n',
      'import requests\nfrom tenacity import retry\n@retry\ndef post_search(q):\n    return requests.post(url, json=q)\n',
      'from tenacity import retry\n@retry\ndef f(queue):\n    queue.post(message)\n',
      'from tenacity import retry\n@retry\ndef f(session):\n    session.execute(insert(A).on_conflict_do_nothing())\n    session.commit()\n',
      'import requests\nfrom tenacity import retry\n@retry\ndef f(self, order):\n    url = f"{BASE}/orders/{order.id}/revocations"\n    return self.session.post(url, json=order)\n',
      'import requests\nfrom tenacity import retry\n@retry\ndef f(order):\n    return requests.post(BASE + "/orders/cancel", json=order)\n',
      'import requests\nfrom tenacity import retry\n@retry\ndef f(self):\n    return requests.post(self.token_url, data=self.grant)\n',
      'from tenacity import retry\n@retry\ndef keep(session, a):\n    try:\n        row = session.query(A).filter(A.url == a.url).one()\n        row.name = a.name\n    except NoResultFound:\n        session.add(a)\n    session.commit()\n',
      'import requests\nfrom tenacity import retry\n@retry\ndef f(self, id):\n    state = self.session.get(url + id).json()\n    if state["active"]:\n        self.session.post(url + id + "/close")\n',
      'import requests\nfrom tenacity import retry\n@retry\ndef f(id):\n    state = requests.get(url + id).json()\n    if state["done"]:\n        return state\n    return requests.post(url, json=id)\n',
    ],
    invalid: [
      {
        before:
          'import requests\nfrom tenacity import retry\n@retry\ndef pay(order):\n    token = requests.get(token_url).text\n    return requests.post(f"{BASE}/tokens/{token}/charge?query=1", json=order)\n',
        after: null,
      },
      {
        before:
          'import requests\nfrom tenacity import retry\n@retry\ndef pay(order):\n    if order.open:\n        requests.get(url)\n        return requests.post("https://search.example.com/orders", json=order)\n',
        after: null,
      },
      {
        before:
          'import requests\nfrom tenacity import retry, stop_after_attempt\n@retry(stop=stop_after_attempt(3))\ndef pay(order):\n    return requests.post(url, json=order, timeout=5)\n',
        after: null,
      },
      {
        before:
          'import backoff\n@backoff.on_exception(backoff.expo, Exception, max_tries=3)\nasync def f(self):\n    r = await self.client.post(url)\n    return r.json()\n',
        after: null,
      },
      {
        before:
          'import tenacity\n@tenacity.retry(stop=tenacity.stop_after_attempt(5))\ndef save(session, a):\n    session.add(a)\n    session.commit()\n',
        after: null,
      },
    ],
  },
});

function checkDefinition(node: LeanNode, names: PythonNames): RuleMatch | null {
  const body = node.child('definition')?.child('body');
  const retry = node.children.find((one) => one.type === 'decorator' && isRetry(one, names));
  if (body == null || retry === undefined || IDEMPOTENT.test(node.text)) return null;
  if (REPEATABLE.test(node.child('definition')?.child('name')?.text ?? '')) return null;
  // Errors that prove that nothing was sent may be repeated.
  if (/Connect(ion)?(Error|Timeout|Refused)|OperationalError|Serialization|Deadlock/.test(retry.text))
    return null;
  const calls = listWithin(body, 'call');
  const unsafe = calls.find(
    (call) =>
      isUnsafe(call.child('function')?.text ?? '') &&
      !isRepeatable(call, body) &&
      !looksFirst(call, calls, body),
  );
  if (unsafe === undefined) return null;
  return {
    startOffset: retry.start,
    endOffset: retry.end,
    message: `This repeats \`${unsafe.child('function')?.text ?? ''}\`, which may have been done when its answer was lost.`,
    fix: null,
  };
}

function isRetry(decorator: LeanNode, names: PythonNames): boolean {
  const inner = decorator.children[0] ?? null;
  const name = inner?.type === 'call' ? inner.child('function') : inner;
  return RETRIES.has(fullName(name, names) ?? '');
}

/** Whether the path that is posted to, given here or by a name that the function assigns, says that it may be done twice. */
function isRepeatable(call: LeanNode, body: LeanNode): boolean {
  const target = positionalOf(call)[0] ?? null;
  if (target === null) return false;
  const given = listWithin(body, 'assignment').filter((one) => one.child('left')?.text === target.text);
  return [target, ...given.map((one) => one.child('right'))].some((one) =>
    REPEATABLE_PATH.test(lastPart(one?.text ?? '')),
  );
}

/** The last part of a path, without what is filled in: `revocations` of `f"{base}/revocations/{id}?all=1"`. */
function lastPart(text: string): string {
  const path = text
    .replace(/["']\s*$/, '')
    .replace(/\?.*$/s, '')
    .replace(/(\/\{[^{}]*\}|\/)+$/, '');
  return /[^/"'{}\s]*$/.exec(path)?.[0] ?? '';
}

/** Whether the function asks the same client for the state before, and goes on only for some of what it may be. */
function looksFirst(call: LeanNode, calls: readonly LeanNode[], body: LeanNode): boolean {
  if (COMMIT.test(call.child('function')?.text ?? '') && FINDS_ROW.test(body.text)) return true;
  const getter = call.child('function')?.text.replace(/\.\w+$/, '.get');
  const look = calls.find((one) => one.end <= call.start && one.child('function')?.text === getter);
  if (look === undefined) return false;
  const chosen = findAncestor(call, 'if_statement');
  if (chosen !== null && chosen.start > look.end && chosen.start > body.start) return true;
  return listWithin(body, 'return_statement').some(
    (one) => one.start > look.end && one.end < call.start && findAncestor(one, 'if_statement') !== null,
  );
}

function isUnsafe(callee: string): boolean {
  return HTTP_CALL.test(callee) || COMMIT.test(callee);
}
