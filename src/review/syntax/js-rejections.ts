import type { LeanNode } from '../../rag/lean-node.ts';
import { argumentsOf, type JsBinding, readJsImports } from './javascript.ts';
import { listWithin, membersOf, type SourceText } from './source-text.ts';

/** Calls whose rejection reaches the caller of a function, by the last part of their names. */
export interface JsRejections {
  readonly name: string;
  /** `null`: the function may reject by itself, or it cannot be seen. */
  readonly calls: readonly string[] | null;
}

const FUNCTION_TYPES = [
  'function_declaration',
  'function_expression',
  'arrow_function',
  'method_definition',
  'generator_function_declaration',
] as const;
/** Wrappers of an expression that change nothing about its promise. */
const WRAPPERS = new Set([
  'parenthesized_expression',
  'as_expression',
  'satisfies_expression',
  'non_null_expression',
  'await_expression',
]);
/** What answers a request, or only reads what is at hand: its result is no promise. */
const ANSWERS = /^(res|response|reply|ctx|next|JSON|Object|Array|Math|String|Number|Boolean|Date)\b/;
const VALUES = /^(string|number|true|false|null|undefined|object|array|template_string)$/;
const AT_HAND =
  /^(map|filter|find|reduce|join|slice|concat|sort|some|every|includes|toString|trim|split|replace|keys|values|entries)$/;

/** Lists the named functions of a file with the calls whose rejections they pass on. */
export function listJsRejections(source: SourceText, declared: readonly string[]): readonly JsRejections[] {
  const isForeign = foreignNames(source, declared);
  return source.nodes(...FUNCTION_TYPES).flatMap((made) => {
    const name = nameOf(made);
    return name === null ? [] : [{ name, calls: openCalls(made, isForeign) }];
  });
}

/** Gives the calls whose rejection leaves a function; `null` when it may reject by itself. */
export function listOpenCalls(
  made: LeanNode,
  source: SourceText,
  declared: readonly string[],
): readonly string[] | null {
  return openCalls(made, foreignNames(source, declared));
}

/**
 * Says of names whether a call of any function that has it cannot reject: every namesake catches what fails in it,
 * or waits only for functions of which the same holds. A name that nothing in the project has may reject.
 */
export function createSettling(functions: readonly JsRejections[]): (name: string) => boolean {
  const callsOf = new Map<string, string[]>();
  const open = new Set<string>();
  for (const { name, calls } of functions) {
    if (calls === null) open.add(name);
    else callsOf.set(name, [...(callsOf.get(name) ?? []), ...calls]);
  }
  for (const name of open) callsOf.delete(name);
  for (let before = -1; before !== callsOf.size; ) {
    before = callsOf.size;
    for (const [name, calls] of callsOf) if (!calls.every((call) => callsOf.has(call))) callsOf.delete(name);
  }
  return (name) => callsOf.has(name);
}

type IsForeign = (callee: LeanNode) => boolean;

/** Names of packages: what they do cannot be seen here, whatever the project calls its own functions. */
function foreignNames(source: SourceText, declared: readonly string[]): IsForeign {
  const names = readJsImports(source);
  const isPackage = ({ module }: JsBinding) =>
    module.startsWith('node:') || declared.some((name) => module === name || module.startsWith(`${name}/`));
  return (callee) => {
    const binding = names.get(/^\w+/.exec(callee.text)?.[0] ?? '');
    return binding !== undefined && isPackage(binding);
  };
}

function nameOf(made: LeanNode): string | null {
  const own = made.child('name');
  if (own !== null) return own.text;
  const holder = made.parent;
  if (holder?.type === 'variable_declarator') return holder.child('name')?.text ?? null;
  if (holder?.type === 'pair') return holder.child('key')?.text ?? null;
  if (holder?.type === 'assignment_expression') return holder.child('left')?.text.split('.').at(-1) ?? null;
  return /field_definition$/.test(holder?.type ?? '')
    ? ((holder?.child('name') ?? holder?.child('property'))?.text ?? null)
    : null;
}

function openCalls(made: LeanNode, isForeign: IsForeign): readonly string[] | null {
  const body = made.child('body');
  if (body === null) return null;
  const isOpen = (node: LeanNode) => !isCaught(node, body);
  const loops = listWithin(made, 'for_in_statement').filter((one) => /^for\s+await\b/.test(one.text));
  if ([...loops, ...listWithin(made, 'throw_statement')].some(isOpen)) return null;
  const awaited = listWithin(made, 'await_expression')
    .filter(isOpen)
    .map((one) => callsOf(one, isForeign, false));
  // A promise that is handed on without `await` rejects outside of the `try` around it.
  const returned =
    body.type === 'statement_block' ? listWithin(body, 'return_statement').flatMap(membersOf) : [body];
  const handedOn = returned
    .filter((value) => value.type !== 'await_expression')
    .map((value) => callsOf(value, isForeign, true));
  return concat([...awaited, ...handedOn]);
}

/** Whether a `try` with a `catch` within `body` takes what fails at `node`. */
function isCaught(node: LeanNode, body: LeanNode): boolean {
  for (let one = node; one.parent !== null && one !== body; one = one.parent) {
    if (one.parent.type === 'try_statement' && one.field === 'body' && one.parent.child('handler') !== null)
      return true;
  }
  return false;
}

/** The calls that make the promise of an expression; `null` where it cannot be told. */
function callsOf(node: LeanNode, isForeign: IsForeign, isReturned: boolean): readonly string[] | null {
  const of = (parts: readonly (LeanNode | null | undefined)[], returned: boolean) =>
    concat(parts.map((part) => (part == null ? null : callsOf(part, isForeign, returned))));
  if (WRAPPERS.has(node.type))
    return of([membersOf(node)[0]], isReturned && node.type !== 'await_expression');
  if (node.type === 'ternary_expression')
    return of([node.child('consequence'), node.child('alternative')], isReturned);
  if (node.type === 'call_expression') return callsOfCall(node, isForeign);
  if (node.type === 'new_expression' && node.child('constructor')?.text === 'Promise')
    return /\brej|\bthrow\b|\basync\b|,\s*\w+\s*\)\s*=>/.test(node.text) ? null : [];
  const [left, right] = [node.child('left'), node.child('right')];
  const chooses =
    left !== null && right !== null && /^\s*(\?\?|\|\||&&)\s*$/.test(node.textBetween(left, right));
  if (chooses) return of([left, right], isReturned);
  return isReturned || VALUES.test(node.type) ? [] : null;
}

function callsOfCall(call: LeanNode, isForeign: IsForeign): readonly string[] | null {
  const callee = call.child('function');
  if (callee === null) return null;
  if (/^Promise\.(allSettled|resolve)$/.test(callee.text)) return [];
  if (callee.text === 'Promise.all') {
    const [list] = argumentsOf(call);
    return list?.type === 'array'
      ? concat(membersOf(list).map((one) => callsOf(one, isForeign, true)))
      : null;
  }
  const name = callee.type === 'identifier' ? callee.text : callee.child('property')?.text;
  if (name === 'catch') return /\bthrow\b|\brej/.test(call.child('arguments')?.text ?? '') ? null : [];
  if (ANSWERS.test(callee.text) || (callee.type !== 'identifier' && AT_HAND.test(name ?? ''))) return [];
  return name === undefined || isForeign(callee) ? null : [name];
}

function concat(lists: readonly (readonly string[] | null)[]): readonly string[] | null {
  return lists.some((one) => one === null) ? null : lists.flatMap((one) => one ?? []);
}
