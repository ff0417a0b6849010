import type { LeanNode } from '../../rag/lean-node.ts';
import type { SourceText } from './source-text.ts';

/** Whether a Java file can name this class: by its import, or by an import of its whole package. */
export function importsClass(source: SourceText, fullName: string): boolean {
  const packageName = fullName.slice(0, fullName.lastIndexOf('.'));
  return source.nodes('import_declaration').some((declaration) => {
    const named = declaration.childOfType('scoped_identifier')?.text ?? '';
    return named === fullName || (named === packageName && declaration.childOfType('asterisk') !== null);
  });
}

/** `new Type(…)` expressions of a class by its short name, type arguments aside. */
export function listCreations(source: SourceText, type: string): readonly LeanNode[] {
  return source
    .nodes('object_creation_expression')
    .filter((made) => (made.child('type')?.text ?? '').replace(/<.*$/s, '') === type);
}

/** Calls of the methods with these names. */
export function listCalls(source: SourceText, ...names: readonly string[]): readonly LeanNode[] {
  return source.nodes('method_invocation').filter((call) => names.includes(call.child('name')?.text ?? ''));
}

/** Names of the methods of a chain `a.b().c().d()`, the first one first; what it starts from is not among them. */
export function chainNames(call: LeanNode): string[] {
  const names: string[] = [];
  for (let node: LeanNode | null = call; node?.type === 'method_invocation'; node = node.child('object')) {
    names.unshift(node.child('name')?.text ?? '');
  }
  return names;
}

/** What a chain of calls starts from: `HttpRequest` of `HttpRequest.newBuilder().build()`. */
export function chainStart(call: LeanNode): LeanNode | null {
  let node: LeanNode | null = call;
  while (node?.type === 'method_invocation') node = node.child('object');
  return node;
}

/** The annotation of a declaration with this short name. */
export function annotationOf(declaration: LeanNode, name: string): LeanNode | null {
  const modifiers = declaration.childOfType('modifiers')?.children ?? [];
  return modifiers.find((one) => one.type.endsWith('annotation') && one.child('name')?.text === name) ?? null;
}

/** Whether a call has no arguments. */
export function hasNoArguments(call: LeanNode): boolean {
  return (call.child('arguments')?.children.length ?? 0) === 0;
}
