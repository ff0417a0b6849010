import { familyOf, type LanguageName } from '../../rag/languages.ts';
import type { LeanNode } from '../../rag/lean-node.ts';
import { isTimeBounded } from '../syntax/javascript.ts';
import { findAncestor, type SourceText, walk } from '../syntax/source-text.ts';

/** Calls of JavaScript that run a function later, beside what the caller does. */
const LATER =
  /^((window|global|globalThis)\.)?(setTimeout|setInterval|setImmediate|queueMicrotask)$|\.nextTick$/;
/** Methods whose function runs as a part of the expression that they stand in. */
const CHAINED = /^(then|catch|finally|map|forEach|flatMap)$/;
/** What gives the outcome of a call to somebody who waits: an answer, a callback, a promise made by hand. */
const HANDS_ON = /\b(res\w*|reply|ctx|context|next|done|cb|callback|reject|socket|ws|stream)\b/gi;
/** What stands around a value without using it. */
const CARRIERS = new Set([
  'parenthesized_expression',
  'as_expression',
  'satisfies_expression',
  'non_null_expression',
]);
const LITERALS = ['arrow_function', 'function_expression', 'generator_function'] as const;
const GO_FUNCTIONS = ['function_declaration', 'method_declaration'] as const;
/** Calls of Python that run a function or a coroutine beside what the caller does. */
const BESIDE = /(^|\.)(create_task|ensure_future|add_task|Thread|Timer|run_coroutine_threadsafe)$/;

/**
 * Whether nobody waits for a call where it is made, or not for long: its promise is dropped or in a race (JavaScript), it runs in a goroutine whose
 * end nothing awaits (Go), or in a task or thread that nothing keeps (Python). An outcome that is handed to an answer
 * or to a callback is waited for. Of other languages nothing is known: `false`.
 */
export function isDropped(call: LeanNode, language: LanguageName): boolean {
  const family = familyOf(language);
  if (family === 'javascript') return isPromiseDropped(call);
  if (family === 'go') return isLeftToGoroutine(call);
  return family === 'python' && isLeftToTask(call);
}

/** The same of the innermost call around an offset. */
export function isDroppedAt(source: SourceText, offset: number): boolean {
  const around = source
    .nodes('call_expression', 'call')
    .filter((one) => one.start <= offset && offset < one.end);
  const [first, ...others] = around;
  if (first === undefined) return false;
  const inner = others.reduce(
    (best, one) => (one.end - one.start < best.end - best.start ? one : best),
    first,
  );
  return isDropped(inner, source.language);
}

/** Names of functions that a call hands over to be run beside what the caller does. */
export function listHandedOff(call: LeanNode, language: LanguageName): readonly string[] {
  const family = familyOf(language);
  const callee = call.child('function')?.text ?? '';
  const isBeside =
    (family === 'javascript' && LATER.test(callee)) || (family === 'python' && BESIDE.test(callee));
  if (!isBeside) return [];
  return (call.child('arguments')?.children ?? []).flatMap((given) => {
    const value = given.type === 'keyword_argument' ? given.child('value') : given;
    if (value?.type === 'identifier') return [value.text];
    const member = value?.child('property') ?? value?.child('attribute') ?? null;
    return member === null ? [] : [member.text];
  });
}

function isPromiseDropped(call: LeanNode): boolean {
  // Who gives up in time does not wait for what hangs.
  if (isTimeBounded(call)) return true;
  const value = wholeValue(call);
  const user = value.parent;
  if (user?.type === 'expression_statement') return !handsOn(value);
  if (user?.type === 'unary_expression' && user.text.startsWith('void')) return true;
  const made = findAncestor(value, ...LITERALS, 'method_definition', 'function_declaration');
  const isOfLiteral = LITERALS.some((type) => type === made?.type);
  if (made === null || !isOfLiteral || !isAwaitedBy(made, value)) return false;
  const holder = wholeValue(made).parent;
  if (holder?.type === 'call_expression') return isPromiseDropped(holder);
  const taker = holder?.type === 'arguments' ? holder.parent : null;
  const callee = taker?.child('function') ?? null;
  if (taker === null || callee === null) return false;
  if (LATER.test(callee.text)) return true;
  return CHAINED.test(callee.child('property')?.text ?? '') && isPromiseDropped(taker);
}

/** Whether a function ends no earlier than a value that it awaits or gives back. */
function isAwaitedBy(made: LeanNode, value: LeanNode): boolean {
  const user = value.parent?.type;
  return user === 'await_expression' || user === 'return_statement' || value === made.child('body');
}

/** Whether a statement names somebody who waits, its own parameters aside. */
function handsOn(value: LeanNode): boolean {
  const own = new Set<string>();
  walk(value, (node) => {
    if (node.field === 'parameter') own.add(node.text);
    if (node.type === 'formal_parameters') for (const [name] of node.text.matchAll(/\w+/g)) own.add(name);
    return true;
  });
  return [...value.text.matchAll(HANDS_ON)].some(([name]) => !own.has(name));
}

/** The chain of calls and members that starts with `node`, with the brackets around it: `a().then(b).catch(c)`. */
function wholeValue(node: LeanNode): LeanNode {
  let value = node;
  for (let above = node.parent; above !== null; above = above.parent) {
    const goesOn =
      value.field === 'object' || (value.field === 'function' && value.type === 'member_expression');
    if (!goesOn && !CARRIERS.has(above.type)) break;
    value = above;
  }
  return value;
}

function isLeftToGoroutine(call: LeanNode): boolean {
  const start = findAncestor(call, 'go_statement', ...GO_FUNCTIONS);
  if (start?.type !== 'go_statement') return false;
  const around = findAncestor(start, ...GO_FUNCTIONS);
  if (around === null) return false;
  const after = around.text.slice(start.end - around.start);
  return !/\.Wait\(\)|<-/.test(after) && !/\bdefer\b.*\.Wait\(\)/.test(around.text);
}

function isLeftToTask(call: LeanNode): boolean {
  const taker = call.parent?.type === 'argument_list' ? call.parent.parent : null;
  return BESIDE.test(taker?.child('function')?.text ?? '') && taker?.parent?.type === 'expression_statement';
}
