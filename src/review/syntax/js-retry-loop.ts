import type { LeanNode } from '../../rag/lean-node.ts';
import type { RuleFix, RuleMatch, TextEdit } from '../rule.ts';
import { mustGoOn } from './going-on.ts';
import { insertAt } from './insert.ts';
import {
  enclosingFunction,
  indentAt,
  lineBreakAt,
  listWithin,
  membersOf,
  type SourceText,
  walk,
} from './source-text.ts';

const EXITS = ['return_statement', 'break_statement', 'throw_statement'];
/** Names that say the loop ends by other means than a count. */
const OTHER_BOUND = /\.aborted\b|throwIfAborted|deadline|expire|stopp?ed|stopping|closed|cancel/i;
const PAUSE = /^(sleep|delay|wait|pause|timeout|backoff|setTimeout)$/i;
/** What a caller may get from an attempt. */
const GIVEN = ['return_statement', 'assignment_expression', 'variable_declarator'];
const MAX_ATTEMPTS = 3;

/**
 * Finds loops without end that await something in `try`, leave on success, and go round again on any failure.
 * A loop that never leaves on success is a worker, not a retry.
 */
export function findJsRetryLoops(source: SourceText): RuleMatch[] {
  return source
    .nodes('while_statement', 'for_statement')
    .map((loop) => checkLoop(loop, source))
    .filter((match) => match !== null);
}

function checkLoop(loop: LeanNode, source: SourceText): RuleMatch | null {
  const body = loop.child('body');
  if (!isEndless(loop) || body?.type !== 'statement_block') return null;
  const tries = membersOf(body).filter((one) => one.type === 'try_statement');
  const [attempt] = tries;
  const handler = attempt?.child('handler');
  const tried = attempt?.child('body');
  if (attempt === undefined || tries.length > 1 || handler == null || tried == null) return null;
  if (attempt.child('finalizer') !== null || OTHER_BOUND.test(loop.text)) return null;
  const awaits = listWithin(tried, 'await_expression').length > 0;
  const around = membersOf(body).filter((one) => one !== attempt);
  // A pause that takes a signal ends the loop; a call that takes one only fails once more.
  if ([handler, ...around].some((one) => /signal/i.test(one.text))) return null;
  const leavesOnFailure =
    listWithin(handler, ...EXITS).length > 0 ||
    exitsBefore(around, attempt) ||
    around.some(countsUp) ||
    leavesAfter(around, attempt, handler) ||
    comparesAfter(around, attempt, handler);
  if (!awaits || !leavesOnSuccess(tried, around, attempt) || leavesOnFailure) return null;
  if (hasPause(body) && mustGoOn(enclosingName(loop), listWithin(tried, ...GIVEN))) return null;
  return {
    startOffset: loop.start,
    endOffset: loop.end,
    message: 'This loop repeats the awaited call for as long as it fails; nothing counts the attempts.',
    fix: fixOf(loop, body, handler, source),
  };
}

function hasPause(body: LeanNode): boolean {
  return listWithin(body, 'call_expression').some((call) =>
    PAUSE.test(call.child('function')?.text.split('.').at(-1) ?? ''),
  );
}

function enclosingName(loop: LeanNode): string {
  const made = enclosingFunction(loop);
  return (made?.child('name') ?? made?.parent?.child('name') ?? made?.parent?.child('key'))?.text ?? '';
}

function isEndless(loop: LeanNode): boolean {
  if (loop.type === 'for_statement') {
    const head = loop.children.filter((child) => child.field !== 'body');
    return head.every((child) => child.type === 'empty_statement' || child.text === ';');
  }
  return /^\(\s*(true|1)\s*\)$/.test(loop.child('condition')?.text ?? '');
}

function leavesOnSuccess(tried: LeanNode, around: readonly LeanNode[], attempt: LeanNode): boolean {
  if (listWithin(tried, 'return_statement', 'break_statement').length > 0) return true;
  return around.some((one) => one.start > attempt.end && holdsExit(one));
}

/** An exit before the `try` may be the bound: `if (n > 3) break`. */
function exitsBefore(around: readonly LeanNode[], attempt: LeanNode): boolean {
  return around.some((one) => one.start < attempt.start && holdsExit(one));
}

/** Who ends the loop right after the `try` ends it after a failure as well, unless the handler always goes round. */
function leavesAfter(around: readonly LeanNode[], attempt: LeanNode, handler: LeanNode): boolean {
  if (membersOf(handler.child('body') ?? handler).at(-1)?.type === 'continue_statement') return false;
  return around.some((one) => one.start > attempt.end && EXITS.includes(one.type));
}

/** What stands after the `try` also runs after a failure, unless that goes round: a comparison there is a limit. */
function comparesAfter(around: readonly LeanNode[], attempt: LeanNode, handler: LeanNode): boolean {
  if (listWithin(handler, 'continue_statement').length > 0) return false;
  return around.some((one) => one.start > attempt.end && holdsExit(one) && /[<>]=?\s/.test(one.text));
}

function holdsExit(node: LeanNode): boolean {
  return EXITS.includes(node.type) || listWithin(node, ...EXITS).length > 0;
}

/** A counter beside the `try` may be part of a bound that is not seen here. */
function countsUp(node: LeanNode): boolean {
  return listWithin(node, 'update_expression', 'augmented_assignment_expression').length > 0;
}

function fixOf(loop: LeanNode, body: LeanNode, handler: LeanNode, source: SourceText): RuleFix | null {
  const { text } = source;
  const caught = handler.child('parameter');
  const block = handler.child('body');
  const nameTaken = source.nodes('identifier').some((node) => node.text === 'attempt');
  if (block === null || nameTaken || (caught !== null && caught.type !== 'identifier')) return null;
  const name = caught?.text ?? 'error';
  const edits: TextEdit[] = [
    { startOffset: loop.start, endOffset: body.start, text: 'for (let attempt = 1; ; attempt += 1) ' },
  ];
  if (caught === null) edits.push(insertAt(block.start, '(error) '));
  const pauses: TextEdit[] = [];
  walk(body, (node) => {
    if (node.type === 'call_expression') pauses.push(...stretchPause(node));
    return true;
  });
  const lineBreak = lineBreakAt(text, loop.start);
  const indent = `${lineBreak}${indentAt(text, block.end - 1)}`;
  const step = `${indent}  `;
  const rethrow = `${step}if (attempt >= ${MAX_ATTEMPTS}) throw ${name};`;
  const pause =
    pauses.length > 0 ? '' : `${step}await new Promise((resolve) => setTimeout(resolve, 100 * attempt));`;
  const isOpen = /^\{[ \t]*\r?\n/.test(block.text);
  if (!isOpen && block.text.slice(1, -1).trim() !== '') return null;
  edits.push(
    isOpen
      ? insertAt(block.start + 1, `${rethrow}${pause}`)
      : { startOffset: block.start + 1, endOffset: block.end - 1, text: `${rethrow}${pause}${indent}` },
  );
  return {
    summary: `Stop after ${MAX_ATTEMPTS} attempts with the last error, and pause longer after each.`,
    edits: [...edits, ...pauses],
  };
}

/** Makes the time of a pause grow with the attempt. */
function stretchPause(call: LeanNode): TextEdit[] {
  const callee = call.child('function')?.text ?? '';
  const given = call.child('arguments');
  const inner = given === null ? [] : membersOf(given);
  if (callee === 'setTimeout') return stretch(inner[1]);
  return PAUSE.test(callee.split('.').at(-1) ?? '') && inner.length > 0 ? stretch(inner[0]) : [];
}

function stretch(time: LeanNode | undefined): TextEdit[] {
  if (time === undefined || !['number', 'identifier', 'member_expression'].includes(time.type)) return [];
  return [insertAt(time.end, ' * attempt')];
}
