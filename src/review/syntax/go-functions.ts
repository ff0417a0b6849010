import type { LeanNode } from '../../rag/lean-node.ts';
import { importedAs } from './go.ts';
import { findAncestor, type SourceText } from './source-text.ts';

const FUNCTIONS = ['function_declaration', 'method_declaration', 'func_literal'];

/** The Go function, method or literal that `node` stands in. */
export function enclosingGoFunction(node: LeanNode): LeanNode | null {
  return findAncestor(node, ...FUNCTIONS);
}

/**
 * The expression that gives the caller's context at `node`: a parameter of type `context.Context`, or the context
 * of an `*http.Request`; `null` when the functions around it have neither, or where a goroutine that nobody waits for
 * would lose that context with the answer (net/http Request.Context: cancelled when ServeHTTP returns).
 */
export function contextAt(node: LeanNode, source: SourceText): string | null {
  const contexts = importedAs(source, 'context');
  const http = importedAs(source, 'net/http');
  for (let around = enclosingGoFunction(node); around !== null; around = enclosingGoFunction(around)) {
    for (const parameter of around.child('parameters')?.children ?? []) {
      const name = parameter.child('name')?.text ?? '_';
      const type = parameter.child('type')?.text ?? '';
      if (name === '_') continue;
      if (isTypeOf(type, contexts, 'Context')) return name;
      if (type.startsWith('*') && isTypeOf(type.slice(1), http, 'Request')) return `${name}.Context()`;
    }
    if (goesOnAlone(around, source)) return null;
  }
  return null;
}

/** Whether a function literal is started by `go`, and what starts it waits for nothing afterwards. */
function goesOnAlone(literal: LeanNode, source: SourceText): boolean {
  const started = literal.parent?.parent;
  const outer = enclosingGoFunction(literal);
  if (literal.type !== 'func_literal' || started?.type !== 'go_statement' || outer === null) return false;
  return !/\.Wait\(\)|<-/.test(source.text.slice(started.end, outer.end));
}

function isTypeOf(type: string, packages: ReadonlySet<string>, name: string): boolean {
  const [packageName = '', ...rest] = type.split('.');
  return packages.has(packageName) && rest.join('.') === name;
}

/** The first name and the call of `name, err := operand.Field(…)`; `null` for any other declaration. */
export function declaredCall(
  declaration: LeanNode,
): { readonly name: string; readonly error: string | null; readonly call: LeanNode } | null {
  const [name, error] = declaration.child('left')?.children ?? [];
  const call = declaration.child('right')?.children[0];
  if (name?.type !== 'identifier' || name.text === '_' || call?.type !== 'call_expression') return null;
  return { name: name.text, error: error?.text ?? null, call };
}

/** The `if err != nil { … return … }` right after a statement; `null` when there is none. */
export function errorCheckAfter(statement: LeanNode, error: string | null): LeanNode | null {
  const siblings = statement.parent?.children ?? [];
  const next = siblings[siblings.indexOf(statement) + 1];
  if (error === null || next?.type !== 'if_statement') return null;
  const leaves = /\b(return|panic\(|log\.Fatal|t\.Fatal|os\.Exit)/.test(next.text);
  return leaves && next.text.startsWith(`if ${error} != nil {`) ? next : null;
}
