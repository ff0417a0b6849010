import type { LanguageName } from '../../rag/languages.ts';
import type { LeanNode } from '../../rag/lean-node.ts';

/** A parsed file as rules see it. */
export interface SourceText {
  readonly file: string;
  readonly language: LanguageName;
  readonly text: string;
  readonly root: LeanNode;
  /** All nodes of one of these types, in the order of the text. */
  readonly nodes: (...types: readonly string[]) => readonly LeanNode[];
}

/** Gives a file's nodes by type, from one walk. */
export function readSourceText(
  file: string,
  language: LanguageName,
  text: string,
  root: LeanNode,
): SourceText {
  const byType = new Map<string, LeanNode[]>();
  walk(root, (node) => {
    const known = byType.get(node.type);
    if (known === undefined) byType.set(node.type, [node]);
    else known.push(node);
    return true;
  });
  return {
    file,
    language,
    text,
    root,
    nodes: (...types) =>
      types.length === 1
        ? (byType.get(types[0] ?? '') ?? [])
        : types.flatMap((type) => byType.get(type) ?? []).sort((a, b) => a.start - b.start),
  };
}

/** Visits `node` and what is below it; `visit` says whether to go deeper. */
export function walk(node: LeanNode, visit: (node: LeanNode) => boolean): void {
  if (!visit(node)) return;
  for (const child of node.children) walk(child, visit);
}

const FUNCTIONS = new Set([
  'function_declaration',
  'function_expression',
  'arrow_function',
  'method_definition',
  'generator_function',
  'generator_function_declaration',
  'function_definition',
  'lambda',
]);

/** Nodes below `node` of one of these types, leaving out what nested functions and classes hold. */
export function listWithin(node: LeanNode, ...types: readonly string[]): LeanNode[] {
  const found: LeanNode[] = [];
  for (const child of node.children) {
    walk(child, (below) => {
      if (types.includes(below.type)) found.push(below);
      return !FUNCTIONS.has(below.type) && !below.type.startsWith('class_');
    });
  }
  return found;
}

/** The nearest node around `node` of one of these types. */
export function findAncestor(node: LeanNode, ...types: readonly string[]): LeanNode | null {
  for (let above = node.parent; above !== null; above = above.parent) {
    if (types.includes(above.type)) return above;
  }
  return null;
}

/** The function that `node` stands in; `null` at the top level. */
export function enclosingFunction(node: LeanNode): LeanNode | null {
  return findAncestor(node, ...FUNCTIONS);
}

/** Children that are no comments. */
export function membersOf(node: LeanNode): LeanNode[] {
  return node.children.filter((child) => child.type !== 'comment');
}

/** White space before the first character of the line that holds `offset`. */
export function indentAt(text: string, offset: number): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '';
}

/** The file's line break, as it stands nearest after `offset`. */
export function lineBreakAt(text: string, offset: number): string {
  const newline = text.indexOf('\n', offset);
  return newline > 0 && text[newline - 1] === '\r' ? '\r\n' : '\n';
}
