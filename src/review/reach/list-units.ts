import type { LeanNode } from '../../rag/lean-node.ts';
import type { CodeRange } from '../../types-code.ts';
import { listPackageFolders } from '../syntax/go.ts';
import { type SourceText, walk } from '../syntax/source-text.ts';
import { isDropped, listHandedOff } from './dropped-calls.ts';

/** A named function of a file: a declaration, a method, or a function that a name or a property holds. */
export interface Unit extends CodeRange {
  readonly name: string;
  /** Names of the units around it, outermost first. */
  readonly parents: readonly string[];
}

/** A call by the last part of its callee's name. */
export interface NamedCall {
  readonly name: string;
  readonly line: number;
  readonly isMember: boolean;
  /** Nobody waits for it where it is made. */
  readonly isDropped: boolean;
  /** Names that the folder of the Go package has whose function is called; `null`: any. */
  readonly folders: readonly string[] | null;
}

/** The functions and calls of one file. */
export interface FileUnits {
  readonly file: string;
  readonly units: readonly Unit[];
  readonly calls: readonly NamedCall[];
  /** Names of functions that are handed over to be run beside what the caller does. */
  readonly handedOff: readonly string[];
}

const FUNCTION_VALUES = new Set(['arrow_function', 'function_expression', 'generator_function']);
const NAMED = new Set([
  'function_declaration',
  'generator_function_declaration',
  'method_definition',
  'method_declaration',
  'function_definition',
]);

/** Lists the named functions and the calls of a file. */
export function listUnits(source: SourceText): FileUnits {
  const lineStarts = [0];
  for (let at = source.text.indexOf('\n'); at >= 0; at = source.text.indexOf('\n', at + 1))
    lineStarts.push(at + 1);
  const lineOf = (offset: number) => findLine(lineStarts, offset);
  const units: Unit[] = [];
  const calls: NamedCall[] = [];
  const handedOff: string[] = [];
  const packages = source.language === 'go' ? listPackageFolders(source) : null;
  walk(source.root, (node) => {
    const name = nameOf(node);
    if (name !== null) {
      const parents = parentsOf(node);
      units.push({
        file: source.file,
        name,
        parents,
        startLine: lineOf(node.start),
        endLine: lineOf(node.end - 1),
      });
    }
    const call = callOf(node);
    if (call !== null) {
      calls.push({
        ...call,
        line: lineOf(node.start),
        isDropped: isDropped(node, source.language),
        folders: packages?.get(node.child('function')?.child('operand')?.text ?? '') ?? null,
      });
      handedOff.push(...listHandedOff(node, source.language));
    }
    return true;
  });
  return { file: source.file, units, calls, handedOff };
}

function nameOf(node: LeanNode): string | null {
  if (NAMED.has(node.type)) return node.child('name')?.text ?? null;
  if (!FUNCTION_VALUES.has(node.type)) return null;
  const holder = node.parent;
  if (holder?.type === 'variable_declarator' && holder.child('name')?.type === 'identifier') {
    return holder.child('name')?.text ?? null;
  }
  return holder?.type === 'pair' ? (holder.child('key')?.text ?? null) : null;
}

function parentsOf(node: LeanNode): string[] {
  const parents: string[] = [];
  for (let above = node.parent; above !== null; above = above.parent) {
    const isClass = above.type === 'class_declaration' || above.type === 'class_definition';
    const name = isClass ? (above.child('name')?.text ?? null) : nameOf(above);
    if (name !== null) parents.unshift(name);
  }
  return parents;
}

function callOf(node: LeanNode): Pick<NamedCall, 'name' | 'isMember'> | null {
  if (node.type !== 'call_expression' && node.type !== 'call') return null;
  const callee = node.child('function');
  if (callee?.type === 'identifier') return { name: callee.text, isMember: false };
  const member = callee?.child('property') ?? callee?.child('attribute') ?? callee?.child('field') ?? null;
  return member === null ? null : { name: member.text, isMember: true };
}

function findLine(lineStarts: readonly number[], offset: number): number {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}
