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
} from './source-text.ts';

const EXITS = ['return_statement', 'break_statement', 'raise_statement'];
const OTHER_BOUND = /deadline|expire|stopp?ed|stopping|closed|cancel|is_set\(/i;
/** Calls that reach over a network, by the end of their name. */
const REMOTE =
  /(^|\.)(get|post|put|patch|delete|head|request|send|urlopen|connect|fetch|execute|query|publish|call|invoke|read)$/;
/** Calls that wait for a person or a queue: to repeat those is no retry. */
const LOCAL = /(^|\.)(input|\w*queue|q|q_\w+|stdin|environ|dict|cache|config)\b/i;
/** A queue of the own process that has nothing yet (Python docs, queue.Empty): to wait on is no retry. */
const NOTHING_YET = /^except\s*\(?\s*([\w.]*\.)?(Queue)?Empty\s*\)?(\s+as\s+\w+)?\s*:/;
/** `await queue.get()`, also with a limit for each round: `await asyncio.wait_for(queue.get(), 5)`. */
const AWAITS_QUEUE = /^await\s+((asyncio\.)?wait_for\(\s*)?([\w.]*[._])?(queue|q)\.(get|join)\(/i;
const PAUSE = /(^|[._])(sleep|wait|pause|backoff)$/i;
const MAX_ATTEMPTS = 3;

/** Finds `while True` around `try` that leaves on success and goes round again on any failure. */
export function findPythonRetryLoops(source: SourceText): RuleMatch[] {
  return source
    .nodes('while_statement')
    .map((loop) => checkLoop(loop, source))
    .filter((match) => match !== null);
}

function checkLoop(loop: LeanNode, source: SourceText): RuleMatch | null {
  const body = loop.child('body');
  const endless = /^(True|1)$/.test(loop.child('condition')?.text ?? '');
  if (!endless || body === null || loop.child('alternative') !== null) return null;
  const statements = membersOf(body);
  const tries = statements.filter((one) => one.type === 'try_statement');
  const [attempt] = tries;
  const tried = attempt?.child('body');
  if (attempt === undefined || tried == null || tries.length > 1 || OTHER_BOUND.test(loop.text)) return null;
  const handlers = attempt.children.filter((one) => one.type === 'except_clause');
  const open = handlers.filter(
    (one) => listWithin(one, ...EXITS).length === 0 && !NOTHING_YET.test(one.text) && !endsProcess(one),
  );
  const around = statements.filter((one) => one !== attempt);
  const goesOn = open.every((one) => listWithin(one, 'continue_statement').length > 0);
  const leaves = open.some((one) => one.childOfType('block')?.children.at(-1)?.type !== 'continue_statement');
  const noted = around
    .filter((one) => one.start < attempt.start)
    .flatMap((one) => listWithin(one, 'assignment'))
    .map((one) => one.child('left')?.text ?? '');
  const bounded = around.some(
    (one) =>
      (one.start < attempt.start && holdsExit(one)) ||
      countsUp(one) ||
      // Who ends the loop right after the `try` ends it after a failure as well.
      (leaves && one.start > attempt.end && EXITS.includes(one.type)) ||
      // What stands after the `try` also runs after a failure: a comparison there is a limit.
      (!goesOn &&
        one.start > attempt.start &&
        holdsExit(one) &&
        listWithin(one, 'comparison_operator').some(
          ({ text }) => /[<>]/.test(text) || comparesWith(text, noted),
        )),
  );
  if (open.length === 0 || bounded || attempt.children.some((one) => one.type === 'finally_clause'))
    return null;
  if (!reachesOut(tried) || !leavesOnSuccess(attempt, tried, around)) return null;
  const name = enclosingFunction(loop)?.child('name')?.text ?? '';
  if (hasPause(body) && mustGoOn(name, listWithin(tried, 'return_statement', 'assignment'))) return null;
  return {
    startOffset: loop.start,
    endOffset: loop.end,
    message: 'This loop repeats the call for as long as it fails; nothing counts the attempts.',
    fix: fixOf(loop, body, open, source),
  };
}

/** Whether a comparison asks if something has changed since the round began: without news the loop ends. */
function comparesWith(comparison: string, noted: readonly string[]): boolean {
  const sides = /^(.+?)\s*(?:==|!=|\bis\b(?: not\b)?)\s*(.+)$/.exec(comparison)?.slice(1) ?? [];
  return sides.some((side) => noted.includes(side));
}

/** Whether a handler ends the process: `sys.exit(1)`. */
function endsProcess(handler: LeanNode): boolean {
  return listWithin(handler, 'call').some((call) =>
    /^(sys\.exit|os\._exit|exit|quit)$/.test(call.child('function')?.text ?? ''),
  );
}

function hasPause(body: LeanNode): boolean {
  return listWithin(body, 'call').some((call) => PAUSE.test(call.child('function')?.text ?? ''));
}

function reachesOut(tried: LeanNode): boolean {
  if (listWithin(tried, 'await').some(({ text }) => !AWAITS_QUEUE.test(text))) return true;
  return listWithin(tried, 'call').some((call) => {
    const callee = call.child('function')?.text ?? '';
    return REMOTE.test(callee) && !LOCAL.test(callee) && !isLookUp(call);
  });
}

/** `answer.get("rows", [])`: a key of a mapping, and no address. */
function isLookUp(call: LeanNode): boolean {
  const key = call.child('arguments')?.children[0];
  return (
    /\.get$/.test(call.child('function')?.text ?? '') && key?.type === 'string' && !key.text.includes('/')
  );
}

function leavesOnSuccess(attempt: LeanNode, tried: LeanNode, around: readonly LeanNode[]): boolean {
  const orElse = attempt.children.find((one) => one.type === 'else_clause');
  const inside = [tried, ...(orElse === undefined ? [] : [orElse])];
  if (inside.some((one) => listWithin(one, 'return_statement', 'break_statement').length > 0)) return true;
  return around.some((one) => one.start > attempt.end && holdsExit(one));
}

function holdsExit(node: LeanNode): boolean {
  return EXITS.includes(node.type) || listWithin(node, ...EXITS).length > 0;
}

function countsUp(node: LeanNode): boolean {
  return listWithin(node, 'augmented_assignment').length > 0;
}

function fixOf(
  loop: LeanNode,
  body: LeanNode,
  handlers: readonly LeanNode[],
  { text, nodes }: SourceText,
): RuleFix | null {
  if (nodes('identifier').some((node) => node.text === 'attempt')) return null;
  const blocks = handlers.map((handler) => handler.childOfType('block'));
  const lineBreak = lineBreakAt(text, loop.start);
  const edits: TextEdit[] = [
    insertAt(loop.start, `attempt = 0${lineBreak}${indentAt(text, loop.start)}`),
    insertAt(body.start, `attempt += 1${lineBreak}${indentAt(text, body.start)}`),
  ];
  for (const block of blocks) {
    const indent = block === null ? '' : indentAt(text, block.start);
    // A block on the line of its `except` cannot take another statement.
    if (block === null || text.slice(block.start - indent.length, block.start) !== indent) return null;
    const unit = indent.startsWith('\t') ? '\t' : '    ';
    const raise = `if attempt >= ${MAX_ATTEMPTS}:${lineBreak}${indent}${unit}raise${lineBreak}${indent}`;
    edits.push(insertAt(block.start, raise));
  }
  const pauses = listWithin(body, 'call').flatMap(stretchPause);
  return {
    summary: `Stop after ${MAX_ATTEMPTS} attempts with the last error, and pause longer after each.`,
    edits: [...edits, ...pauses],
  };
}

function stretchPause(call: LeanNode): TextEdit[] {
  const callee = call.child('function')?.text ?? '';
  const time = call.child('arguments')?.children[0];
  if (!/(^|\.)sleep$/.test(callee) || time === undefined) return [];
  if (!['integer', 'float', 'identifier', 'attribute'].includes(time.type)) return [];
  return [insertAt(time.end, ' * attempt')];
}
