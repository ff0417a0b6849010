import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { declares, isBrowserCode, readJsImports } from '../syntax/javascript.ts';
import { listLocalCallers } from '../syntax/local-callers.ts';
import { enclosingFunction, findAncestor, listWithin, type SourceText, walk } from '../syntax/source-text.ts';

const BODY = new Set(['json', 'text', 'arrayBuffer', 'blob', 'formData']);

export default defineRule({
  id: 'js-fetch-result-without-status',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'Answer of `fetch` used whatever its status',
  summary: 'fetch resolves on 500 too, so the body of an error is taken for the answer.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: [],
  shownBy: { unclear_error: 0.5 },
  advice: {
    libraryDefault:
      'fetch (WHATWG, all versions): the promise rejects on network errors only; a status of 400 to 599 resolves with `ok` false.',
    source: 'MDN, Window.fetch() and Response.ok',
    howItMaterializes:
      'The dependency answers 503 with a page or an error object: the parse fails as a syntax error, or the fields that follow are undefined.',
    downstreamImpact: 'A clear 503 becomes a 500, or a success without content that callers store.',
    discussion:
      'Check `response.ok` before the body is read, and turn 5xx of a dependency into 502 or 503. Which status means what is for the caller to decide, so there is no automatic fix.',
    infrastructurePattern:
      'Outlier detection in the service mesh works on the status, which it sees by itself.',
    benefit: 'Errors are told from answers, and can be retried or answered from older content.',
    risks: 'Code that lived on the bodies of errors must say so.',
    monitoring: 'Answers of dependencies by status.',
  },
  check({ source, project }) {
    const names = readJsImports(source);
    if (isBrowserCode(source, names, project) || names.has('fetch') || declares(source, 'fetch')) return [];
    return source
      .nodes('call_expression')
      .map((call) => checkCall(call, source))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'async function f() { const r = await fetch(u); if (!r.ok) throw new Error("a"); return r.json(); }',
      'async function f() { const r = await fetch(u); return { status: r.status, body: await r.json() }; }',
      'async function f() { const r = await fetch(u); check(r); return r.json(); }',
      'async function f() { const { ok } = await fetch(u); return ok; }',
      'async function f() { return fetch(u); }',
      "import { fetch } from './http.js';\nasync function f() { return (await fetch(u)).json(); }",
      'async function f() { const r = await fetch(u); return Answer.parse(await r.json()); }',
      'fetch(u).then((r) => r.ok ? r.json() : null);',
      'async function f() { const r = await fetch(u); const body = await r.json(); return Answer.safeParse(body); }',
      'async function f() { const r = await fetch(u); const body = await r.json(); if (!body.ok) throw new Error("a"); }',
      'async function f() { const r = await fetch(u); const page = await r.text(); return /vision/.test(page); }',
      'async function f() { const r = await fetch(u); const body = await r.json(); return body?.rows ?? []; }',
      'async function f() { const r = await fetch(u); const body = await r.json(); if (body.state === "up" && body.at) return body.at; throw new Error("a"); }',
      'async function f() { const r = await fetch(u); return { rows: await r.json().then((body) => body.rows).catch(() => null) }; }',
      'async function f() { const r = await fetch(u); const body = await r.json(); if (!body.rows) throw new Error("a"); return body.rows; }',
      'async function f() { const r = await fetch(u); const { result, error } = await r.json(); return error ?? result; }',
      'async function f() { const css = await (await fetch(u)).text(); return css.match(/src: url/); }',
      'async function f() { const r = await fetch(u); const rows = await r.json(); return Array.isArray(rows) ? rows : []; }',
      'async function f() { let body; try { const r = await fetch(u); body = await r.json(); } catch { return null; }\n return Answer.safeParse(body); }',
    ],
    invalid: [
      {
        before:
          'async function f() { let body;\n const r = await fetch(u); body = await r.json(); return body; }',
        after: null,
      },
      { before: 'async function f() { return (await fetch(u)).json(); }', after: null },
      { before: 'async function f() { const r = await fetch(u); return r.json(); }', after: null },
      {
        before:
          'async function f() { const r = await fetch(u);\n const d = await r.text(); return JSON.parse(d); }',
        after: null,
      },
    ],
  },
});

function checkCall(call: LeanNode, source: SourceText): RuleMatch | null {
  if (call.child('function')?.text !== 'fetch' || call.parent?.type !== 'await_expression') return null;
  const holder = call.parent.parent;
  if (holder === null || !(isReadAtOnce(holder) || isReadUnseen(holder, source))) return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: 'The body is read without a look at `ok` or `status`; fetch does not reject on 500.',
    fix: null,
    leadUntilMeasured: isTakenForFailure(call),
  };
}

/** Whether a `try` around the call goes on without the answer: a body without the fields of an answer ends there too. */
function isTakenForFailure(call: LeanNode): boolean {
  const within = enclosingFunction(call)?.start ?? 0;
  for (let one = call; one.parent !== null && one.parent.start >= within; one = one.parent) {
    const handler = one.parent.type === 'try_statement' ? one.parent.child('handler') : null;
    if (handler !== null && one.field === 'body') return listWithin(handler, 'throw_statement').length === 0;
  }
  return false;
}

/** `(await fetch(u)).json()` */
function isReadAtOnce(holder: LeanNode): boolean {
  const member = holder.parent;
  return (
    holder.type === 'parenthesized_expression' &&
    member?.type === 'member_expression' &&
    BODY.has(member.child('property')?.text ?? '') &&
    !isFormless(member, enclosingFunction(holder)?.text ?? '')
  );
}

/** Every use of the answer's name is a read of its body. */
function isReadUnseen(holder: LeanNode, source: SourceText): boolean {
  const name = holder.child('name');
  if (holder.type !== 'variable_declarator' || name?.type !== 'identifier') return false;
  let reads = 0;
  let others = 0;
  walk(enclosingFunction(holder) ?? source.root, (node) => {
    const isUse =
      (node.type === 'identifier' || node.type === 'shorthand_property_identifier') &&
      node.text === name.text &&
      node.start !== name.start;
    if (isUse) {
      const member = node.parent?.type === 'member_expression' ? node.parent : null;
      if (BODY.has(member?.child('property')?.text ?? '') && !isValidated(node, source)) reads += 1;
      else others += 1;
    }
    return true;
  });
  return reads > 0 && others === 0;
}

/** Whether a `.catch` behind the read says what a body without the fields of an answer means. */
function isCaught(use: LeanNode): boolean {
  let call = use.parent?.parent ?? null;
  while (call?.type === 'call_expression' && call.parent?.type === 'member_expression') {
    if (call.parent.child('property')?.text === 'catch') return true;
    call = call.parent.parent;
  }
  return false;
}

/** A text that nobody takes for a form of ours has no fields to miss. */
function isFormless(read: LeanNode | null, around: string): boolean {
  return read?.child('property')?.text === 'text' && !around.includes('JSON.parse(');
}

/**
 * Whether the body's form is checked, `Schema.parse(await r.json())`, its own sign of success, `body.ok`, or
 * that it is there at all, `body?.rows`.
 */
function isValidated(use: LeanNode, source: SourceText): boolean {
  const checker = findAncestor(use, 'arguments')?.parent?.child('function')?.text ?? '';
  if (/\.(parse|safeParse|validate)(Async)?$/.test(checker) && checker !== 'JSON.parse') return true;
  const around = enclosingFunction(use)?.text ?? '';
  if (isFormless(use.parent, around) || isCaught(use)) return true;
  const holder = findAncestor(use, 'variable_declarator', 'assignment_expression');
  if (isLookedAtByCallers(use, holder?.child('name') ?? null, source)) return true;
  const body = holder?.child('name') ?? holder?.child('left');
  if (body?.type === 'object_pattern') return /\b(ok|success|errors?)\b/.test(body.text);
  if (body?.type !== 'identifier') return false;
  const looked = new RegExp(
    `\\b(?!JSON\\.)\\w+\\.(parse|safeParse|validate)(Async)?\\(\\s*${body.text}\\b|\\b${body.text}\\??\\.(ok|success|errors?)\\b|!${body.text}\\b|\\bif\\s*\\([^{;]*\\b${body.text}\\b(?!\\()|\\b${body.text}(\\??\\.\\w+)+\\s*(\\?[?.\\s]|\\|\\|)|\\b${body.text}\\s*\\?[.\\s]|(isArray\\(|typeof )${body.text}\\b`,
  );
  return looked.test(around);
}

/** What asks an answer of its own form whether it worked: `if (!data.ok)`, `if (answer.error)`. */
const ASKS_BODY = /!\s*[\w.]+\.(ok|success)\b|\bif\s*\(\s*[\w.]+\??\.(ok|success|errors?)\b(?!\s*\()/;

/** Whether the body is given back, and all who can call the function ask it whether it worked. */
function isLookedAtByCallers(use: LeanNode, body: LeanNode | null, source: SourceText): boolean {
  const around = enclosingFunction(use);
  if (around === null) return false;
  const isGivenBack = listWithin(around, 'return_statement').some(
    (one) =>
      (one.start <= use.start && use.end <= one.end) ||
      (body?.type === 'identifier' && new RegExp(`\\b${body.text}\\b`).test(one.text)),
  );
  return isGivenBack && listLocalCallers(around, source)?.every(({ text }) => ASKS_BODY.test(text)) === true;
}
