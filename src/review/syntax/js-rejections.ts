import type { LeanNode } from '../../rag/lean-node.ts';
import { argumentsOf } from './javascript.ts';
import { type CallReader, createCallReader, keyOf, moduleOf, nameOfModule, plainName } from './js-callees.ts';
import { enclosingFunction, listWithin, membersOf, type SourceText } from './source-text.ts';

/** Calls whose rejection reaches the caller of a function, by their names and, where it is known, their modules. */
export interface JsRejections {
  readonly name: string;
  /** The function's file, as `moduleOf` gives it. */
  readonly module: string;
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
/** Metrics of the process itself (prom-client `Registry`). */
const COLLECTS = /(^|\.)(\w*register|\w*registry)\.(metrics|getMetricsAsJSON)$/i;
const READS_FILE = /^((fs|fsp|fsPromises)\.(promises\.)?)?(readFile|readdir|stat|access)$/;
const AT_HAND =
  /^(map|filter|find|reduce|join|slice|concat|sort|some|every|includes|toString|trim|split|replace|keys|values|entries)$/;

/** Lists the named functions of a file with the calls whose rejections they pass on. */
export function listJsRejections(source: SourceText, declared: readonly string[]): readonly JsRejections[] {
  const read = createCallReader(source, declared);
  const module = moduleOf(source.file);
  return source.nodes(...FUNCTION_TYPES).flatMap((made) => {
    const name = nameOf(made, module);
    return name === null ? [] : [{ name, module, calls: openCalls(made, read) }];
  });
}

/** Gives the calls whose rejection leaves a function; `null` when it may reject by itself. */
export function listOpenCalls(
  made: LeanNode,
  source: SourceText,
  declared: readonly string[],
): readonly string[] | null {
  return openCalls(made, createCallReader(source, declared));
}

/**
 * Says of calls, as `CallReader` names them, whether they cannot reject: every function that is meant catches what
 * fails in it, or waits only for functions of which the same holds. Those of the named module are meant, or, where it
 * has none of that name, all namesakes. A name that nothing in the project has may reject.
 */
export function createSettling(functions: readonly JsRejections[]): (call: string) => boolean {
  const callsOf = new Map<string, readonly string[]>();
  const open = new Set<string>();
  for (const { name, module, calls } of functions) {
    for (const key of [name, keyOf(module, name)]) {
      if (calls === null) open.add(key);
      else callsOf.set(key, [...(callsOf.get(key) ?? []), ...calls]);
    }
  }
  const known = new Set([...open, ...callsOf.keys()]);
  for (const key of open) callsOf.delete(key);
  const settles = (call: string) => callsOf.has(known.has(call) ? call : plainName(call));
  for (let before = -1; before !== callsOf.size; ) {
    before = callsOf.size;
    for (const [key, calls] of callsOf) if (!calls.every(settles)) callsOf.delete(key);
  }
  return settles;
}

/** A name that calls may have: of what a module is as a whole, that of the module. */
function nameOf(made: LeanNode, module: string): string | null {
  const own = made.child('name');
  // The function of a helper or an action of Sails (sailsjs.com, "Actions and controllers").
  if (own !== null) return own.text === 'fn' ? nameOfModule(module) : own.text;
  const holder = made.parent;
  if (holder?.type === 'variable_declarator') return holder.child('name')?.text ?? null;
  if (holder?.type === 'export_statement') return nameOfModule(module);
  if (holder?.type === 'pair') {
    const key = holder.child('key')?.text ?? null;
    return key === 'fn' ? nameOfModule(module) : key;
  }
  if (holder?.type === 'assignment_expression') {
    const left = holder.child('left')?.text ?? '';
    return left === 'module.exports' ? nameOfModule(module) : (left.split('.').at(-1) ?? null);
  }
  return /field_definition$/.test(holder?.type ?? '')
    ? ((holder?.child('name') ?? holder?.child('property'))?.text ?? null)
    : null;
}

function openCalls(made: LeanNode, read: CallReader): readonly string[] | null {
  const body = made.child('body');
  if (body === null) return null;
  const isOpen = (node: LeanNode) => !isCaught(node, body);
  const loops = listWithin(made, 'for_in_statement').filter((one) => /^for\s+await\b/.test(one.text));
  if ([...loops, ...listWithin(made, 'throw_statement')].some(isOpen)) return null;
  const awaited = listWithin(made, 'await_expression')
    .filter(isOpen)
    .map((one) => callsOf(one, read, false));
  // A promise that is handed on without `await` rejects outside of the `try` around it.
  const returned =
    body.type === 'statement_block' ? listWithin(body, 'return_statement').flatMap(membersOf) : [body];
  const handedOn = returned
    .filter((value) => value.type !== 'await_expression')
    .map((value) => callsOf(value, read, true));
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
function callsOf(node: LeanNode, read: CallReader, isReturned: boolean): readonly string[] | null {
  const of = (parts: readonly (LeanNode | null | undefined)[], returned: boolean) =>
    concat(parts.map((part) => (part == null ? null : callsOf(part, read, returned))));
  if (WRAPPERS.has(node.type))
    return of([membersOf(node)[0]], isReturned && node.type !== 'await_expression');
  if (node.type === 'ternary_expression')
    return of([node.child('consequence'), node.child('alternative')], isReturned);
  if (node.type === 'call_expression') return callsOfCall(node, read);
  if (node.type === 'new_expression' && node.child('constructor')?.text === 'Promise')
    return /\brej|\bthrow\b|\basync\b|,\s*\w+\s*\)\s*=>/.test(node.text) ? null : [];
  const [left, right] = [node.child('left'), node.child('right')];
  const chooses =
    left !== null && right !== null && /^\s*(\?\?|\|\||&&)\s*$/.test(node.textBetween(left, right));
  if (chooses) return of([left, right], isReturned);
  return isReturned || VALUES.test(node.type) ? [] : null;
}

function callsOfCall(call: LeanNode, read: CallReader): readonly string[] | null {
  const callee = call.child('function');
  if (callee === null) return null;
  if (/^Promise\.(allSettled|resolve)$/.test(callee.text)) return [];
  if (callee.text === 'Promise.all') return callsOfList(argumentsOf(call)[0], read);
  const name = callee.type === 'identifier' ? callee.text : callee.child('property')?.text;
  if (name === 'catch') return /\bthrow\b|\brej/.test(call.child('arguments')?.text ?? '') ? null : [];
  if (ANSWERS.test(callee.text) || (callee.type !== 'identifier' && AT_HAND.test(name ?? ''))) return [];
  if (COLLECTS.test(callee.text) || (READS_FILE.test(callee.text) && isOwnFile(argumentsOf(call)[0])))
    return [];
  const key = read(callee);
  return key === null ? null : [key];
}

/** Whether a path is of a file that comes with the program: the functions around it neither take it nor make it. */
function isOwnFile(path: LeanNode | undefined): boolean {
  if (path?.type !== 'identifier') return /\b__dirname\b|\bimport\.meta\b/.test(path?.text ?? '');
  const isNamed = new RegExp(`\\b${path.text}\\b`);
  for (let made = enclosingFunction(path); made !== null; made = enclosingFunction(made)) {
    const names = [
      made.child('parameters') ?? made.child('parameter'),
      ...listWithin(made, 'variable_declarator').map((one) => one.child('name')),
    ];
    if (names.some((one) => one !== null && isNamed.test(one.text))) return false;
  }
  return true;
}

/** The calls of promises that are awaited together: `[a(), b()]`, `list.map(f)`, or a name for one of these. */
function callsOfList(list: LeanNode | undefined, read: CallReader): readonly string[] | null {
  if (list?.type === 'array') return concat(membersOf(list).map((one) => callsOf(one, read, true)));
  if (list?.type === 'identifier') {
    const around = enclosingFunction(list)?.child('body');
    const named = (around == null ? [] : listWithin(around, 'variable_declarator')).filter(
      (one) => one.child('name')?.text === list.text,
    );
    const value = named.length === 1 ? named[0]?.child('value') : null;
    return value?.type === 'call_expression' ? callsOfList(value, read) : null;
  }
  if (list?.type !== 'call_expression' || list.child('function')?.child('property')?.text !== 'map')
    return null;
  const [each] = argumentsOf(list);
  if (each?.type === 'arrow_function' || each?.type === 'function_expression') return openCalls(each, read);
  const key = each?.type === 'identifier' ? read(each) : null;
  return key === null ? null : [key];
}

function concat(lists: readonly (readonly string[] | null)[]): readonly string[] | null {
  return lists.some((one) => one === null) ? null : lists.flatMap((one) => one ?? []);
}
