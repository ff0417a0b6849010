import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { enclosingFunction, listWithin, type SourceText, walk } from '../syntax/source-text.ts';

const LOOPS = ['for_statement', 'for_in_statement', 'while_statement', 'do_statement'];
const PAUSE = /(^|\.)(sleep|delay|wait|pause|backoff|setTimeout)(For|Ms|Seconds)?$/i;
/** How a file shows that it knows how long it is asked to wait. */
const HEEDED = /retry[-_ ]?after|rate-?limit-?(reset|remaining)|x-rate/i;

export default defineRule({
  id: 'retry-after-ignored',
  languages: ['javascript', 'typescript', 'tsx', 'python'],
  title: 'Retry that does not heed Retry-After',
  summary: 'A client that was told to slow down comes back when it likes, and stays refused.',
  severity: 'low',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: [],
  // Whether the other service says when to come back cannot be seen in the code.
  shownBy: { retry_multiplication: 0.4, slow_recovery: 0.4 },
  advice: {
    libraryDefault:
      'HTTP: an answer 429 or 503 may say in `Retry-After` when to come back, in seconds or as a date. fetch, axios, requests and httpx leave that to their callers; urllib3 Retry and got heed it.',
    source: 'RFC 9110 §10.2.3 (Retry-After); RFC 6585 §4 (429 Too Many Requests)',
    howItMaterializes:
      'The limit of the other service is reached; our pause is shorter than the one it asked for, so each retry is refused and counted too.',
    downstreamImpact:
      'The limit stays used up for everybody with the same key, and some services answer with a ban.',
    discussion:
      'Wait as long as `Retry-After` says, and not less than the own backoff; bound it by the deadline of who waits for us, and give up at once when it is longer.',
    infrastructurePattern:
      'A rate limit of our own before the calls keeps below the limit of the other service.',
    benefit: 'One pause of the right length instead of retries in vain.',
    risks: 'A service may ask for minutes: bound the pause.',
    monitoring: 'Answers with 429 by dependency, pauses before retries.',
  },
  check({ source }) {
    if (!source.text.includes('429') || HEEDED.test(source.text)) return [];
    return source
      .nodes('if_statement')
      .map((branch) => checkBranch(branch, source))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      "async function f() { for (let i = 0; i < 3; i++) { const r = await fetch(u); if (r.status === 429) { await sleep(Number(r.headers.get('retry-after')) * 1000); continue; } return r; } }",
      'async function f() { const r = await fetch(u); if (r.status === 429) throw new Error("limit"); return r; }',
      'async function f() { for (const u of urls) { const r = await fetch(u); if (r.status === 429) { await sleep(1); throw new Error("limit"); } } }',
      'async function f() { for (let i = 0; i < 3; i++) { const r = await fetch(u); if (r.status >= 500) { await sleep(100); continue; } return r; } }',
      'function f(res) { if (res.statusCode === 429) { setTimeout(show, 1000); } }',
      {
        language: 'python',
        code: 'def f():\n    for i in range(3):\n        r = get(u)\n        if r.status_code == 429:\n            time.sleep(int(r.headers.get("Retry-After", 1)))\n            continue\n        return r\n',
      },
      {
        language: 'python',
        code: 'def f():\n    for i in range(3):\n        if r.total == 429:\n            return None\n        time.sleep(1)\n',
      },
    ],
    invalid: [
      {
        before:
          'async function f() { for (let i = 0; i < 3; i++) { const r = await fetch(u); if (r.status === 429) { await sleep(1000); continue; } return r; } }',
        after: null,
      },
      {
        before:
          'async function get(u, left) { const r = await fetch(u); if (left > 0 && [429, 503].includes(r.status)) { await delay(500); return get(u, left - 1); } return r; }',
        after: null,
      },
      {
        language: 'python',
        before:
          'def f():\n    for i in range(3):\n        r = get(u)\n        if r.status_code in (429, 503):\n            time.sleep(2 ** i)\n            continue\n        return r\n',
        after: null,
      },
    ],
  },
});

/** `if (… 429 …) { pause; and once more }`, in a loop or by calling the own function again. */
function checkBranch(branch: LeanNode, source: SourceText): RuleMatch | null {
  const condition = branch.child('condition');
  const then = branch.child('consequence');
  if (condition === null || then === null || !/\b429\b/.test(condition.text)) return null;
  if (!/stat|code|resp/i.test(condition.text) || !pauses(then)) return null;
  const around = enclosingFunction(branch);
  if (listWithin(then, 'throw_statement', 'raise_statement', 'break_statement').length > 0) return null;
  if (!callsAgain(then, around, source) && !goesRoundAgain(branch, then, around)) return null;
  return {
    startOffset: condition.start,
    endOffset: condition.end,
    message: 'The pause after 429 does not look at `Retry-After`.',
    fix: null,
  };
}

function pauses(then: LeanNode): boolean {
  let found = false;
  walk(then, (node) => {
    const isCall = node.type === 'call_expression' || node.type === 'call';
    if (isCall && PAUSE.test(node.child('function')?.text ?? '')) found = true;
    return !found;
  });
  return found;
}

/** Whether the branch ends in a call of the function around it. */
function callsAgain(then: LeanNode, around: LeanNode | null, { text }: SourceText): boolean {
  const name = around?.child('name')?.text ?? around?.parent?.child('name')?.text;
  if (name === undefined || name === '') return false;
  return new RegExp(`\\breturn\\b[^;\\n]*\\b${name.replace(/\W/g, '\\$&')}\\(`).test(
    text.slice(then.start, then.end),
  );
}

function goesRoundAgain(branch: LeanNode, then: LeanNode, around: LeanNode | null): boolean {
  if (listWithin(then, 'return_statement').length > 0) return false;
  for (let above = branch.parent; above !== null && above !== around; above = above.parent) {
    if (LOOPS.includes(above.type)) return true;
  }
  return false;
}
