import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleFix, type RuleMatch, type TextEdit } from '../rule.ts';
import { appendMember, insertAt } from '../syntax/insert.ts';
import { fullName, hasSplat, keywordOf, positionalOf, readPythonImports } from '../syntax/python.ts';
import { findAncestor, listWithin, type SourceText } from '../syntax/source-text.ts';

export default defineRule({
  id: 'python-tenacity-retry-without-stop',
  languages: ['python'],
  title: 'tenacity retry without end',
  summary: "tenacity's `@retry` without `stop` repeats a failing call for ever, and without `wait` at once.",
  severity: 'critical',
  priority: 'critical',
  complexity: 'low',
  cost: 'low',
  packages: ['tenacity'],
  shownBy: {
    retry_multiplication: 0.95,
    hang_on_error: 0.95,
    hang: 0.7,
    slow_beyond_fault: 0.6,
    slow_recovery: 0.6,
  },
  advice: {
    libraryDefault:
      'tenacity (all versions): "the default behavior is to retry forever without waiting when an exception is raised".',
    source: 'tenacity doc/source/index.rst',
    howItMaterializes:
      'While the dependency fails, each request calls it in a tight loop; a defect of our own (a KeyError) loops just as well and never comes out.',
    downstreamImpact:
      'The dependency gets many times its usual load just when it is weakest; callers see silence.',
    discussion:
      'Three attempts with random exponential pauses recover from what is short. `reraise=True` gives callers the error itself, not a RetryError. Narrow it with `retry_if_exception_type` to what is worth repeating.',
    infrastructurePattern:
      'A retry budget in the service mesh and a circuit breaker cap what retries may add.',
    benefit: 'A failing dependency gives its error after a bounded time, and at most three times the load.',
    risks: 'Failures that used to heal after a long wait become visible to callers.',
    monitoring: 'Attempts per request at the dependency (`retry.statistics`), errors after the last attempt.',
  },
  check({ source }) {
    const names = readPythonImports(source);
    const decorators = source.nodes('decorator').flatMap((node) => node.children[0] ?? []);
    return decorators.flatMap((node) => {
      const callee = node.type === 'call' ? node.child('function') : node;
      if (fullName(callee, names) !== 'tenacity.retry' || worksForEver(node)) return [];
      const match = checkDecorator(node, source);
      return match === null ? [] : [match];
    });
  },
  examples: {
    valid: [
      'from tenacity import retry, stop_after_attempt\n@retry(stop=stop_after_attempt(3))\ndef a(): pass\n',
      'from tenacity import retry\n@retry(**POLICY)\ndef a(): pass\n',
      'from retrying import retry\n@retry\ndef a(): pass\n',
      'from tenacity import retry, stop_after_delay\n@retry(stop=stop_after_delay(10), reraise=True)\nasync def a(): pass\n',
      'import tenacity\n@tenacity.retry(stop=tenacity.stop_after_attempt(2))\ndef a(): pass\n',
      'from .tenacity import retry\n@retry\ndef a(): pass\n',
      'from tenacity import retry\n@retry\ndef listen():\n    while True:\n        handle(feed.take())\n',
      'from tenacity import retry\n@retry\nasync def listen():\n    async for message in feed.listen():\n        handle(message)\n',
    ],
    invalid: [
      {
        before: 'from tenacity import retry\n\n@retry\ndef a():\n    call()\n',
        after:
          'from tenacity import retry, stop_after_attempt, wait_random_exponential\n\n@retry(stop=stop_after_attempt(3), wait=wait_random_exponential(max=10), reraise=True)\ndef a():\n    call()\n',
      },
      {
        before: 'import tenacity\n\n@tenacity.retry(wait=tenacity.wait_fixed(1))\ndef a():\n    call()\n',
        after:
          'import tenacity\n\n@tenacity.retry(wait=tenacity.wait_fixed(1), stop=tenacity.stop_after_attempt(3), reraise=True)\ndef a():\n    call()\n',
      },
      {
        before:
          'from tenacity import (\n    retry,\n    wait_fixed,\n)\n\n@retry(wait=wait_fixed(2), reraise=True)\nasync def a():\n    await call()\n',
        after:
          'from tenacity import (\n    retry,\n    wait_fixed,\n    stop_after_attempt,\n)\n\n@retry(wait=wait_fixed(2), reraise=True, stop=stop_after_attempt(3))\nasync def a():\n    await call()\n',
      },
    ],
  },
});

/** A worker that goes on for ever has to come back for ever; no caller waits for it. */
function worksForEver(decorator: LeanNode): boolean {
  const body = findAncestor(decorator, 'decorated_definition')?.child('definition')?.child('body') ?? null;
  if (body === null) return false;
  const loops = listWithin(body, 'while_statement').map((loop) => loop.child('condition')?.text ?? '');
  if (loops.some((condition) => /^(True|1)$/.test(condition))) return true;
  const feeds = listWithin(body, 'for_statement').map((loop) => loop.child('right')?.text ?? '');
  return feeds.some((feed) => /\.(listen|subscribe|consume|iterator)\(/.test(feed));
}

function checkDecorator(node: LeanNode, source: SourceText): RuleMatch | null {
  const isCall = node.type === 'call';
  if (isCall && (hasSplat(node) || keywordOf(node, 'stop') !== null || positionalOf(node).length > 1))
    return null;
  const waits = isCall && keywordOf(node, 'wait') !== null;
  return {
    startOffset: node.start,
    endOffset: node.end,
    message: waits ? 'This retry never stops.' : 'This retry never stops and does not pause.',
    fix: fixOf(node, waits, source),
  };
}

function fixOf(node: LeanNode, waits: boolean, source: SourceText): RuleFix | null {
  const list = node.type === 'call' ? node.child('arguments') : null;
  const callee = node.type === 'call' ? node.child('function') : node;
  const prefix = callee?.type === 'attribute' ? `${callee.child('object')?.text ?? 'tenacity'}.` : '';
  const wanted = waits ? ['stop_after_attempt'] : ['stop_after_attempt', 'wait_random_exponential'];
  const imports = prefix === '' ? importNames(source, wanted) : [];
  if (imports === null) return null;
  const given = [`stop=${prefix}stop_after_attempt(3)`];
  if (!waits) given.push(`wait=${prefix}wait_random_exponential(max=10)`);
  if (list === null || keywordOf(node, 'reraise') === null) given.push('reraise=True');
  const members = given.join(', ');
  const edit = list === null ? insertAt(node.end, `(${members})`) : appendMember(source.text, list, members);
  return {
    summary: 'Stop after 3 attempts with the last error, with random growing pauses.',
    edits: [...imports, edit],
  };
}

/** Adds names to the import that brings `retry`; `null` when there is none to add to. */
function importNames(source: SourceText, wanted: readonly string[]): TextEdit[] | null {
  const statement = source
    .nodes('import_from_statement')
    .find((one) => one.child('module_name')?.text === 'tenacity' && /\bretry\b/.test(one.text));
  const last = statement?.childrenOf('name').at(-1);
  if (statement === undefined || last === undefined) return null;
  const present = statement.childrenOf('name').map((name) => name.text);
  const missing = wanted.filter((name) => !present.includes(name));
  const ownLine = /\n([ \t]*)$/.exec(source.text.slice(statement.start, last.start));
  const gap = ownLine === null ? ' ' : `\n${ownLine[1] ?? ''}`;
  return missing.length === 0 ? [] : [insertAt(last.end, missing.map((name) => `,${gap}${name}`).join(''))];
}
