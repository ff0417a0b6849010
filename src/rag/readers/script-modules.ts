import { nameOf } from '../expressions.ts';
import type { FactBuilder } from '../fact-builder.ts';
import type { Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';

/** Reads `import a, { b as c } from 'm'`, `import * as n from 'm'` and `import x = require('m')`. */
export function readImport(node: LeanNode, scope: number, facts: FactBuilder): void {
  const required = node.childOfType('import_require_clause');
  const module = moduleOf(node.child('source') ?? required?.child('source') ?? null);
  if (module === null) return;
  if (required !== null) facts.addImport(scope, required.children[0]?.text ?? '', module, '=', node);
  for (const part of node.childOfType('import_clause')?.children ?? []) {
    if (part.type === 'identifier') facts.addImport(scope, part.text, module, 'default', node);
    if (part.type === 'namespace_import')
      facts.addImport(scope, part.children[0]?.text ?? '', module, '*', node);
    if (part.type !== 'named_imports') continue;
    for (const specifier of part.children) {
      const name = specifier.child('name')?.text ?? '';
      facts.addImport(scope, specifier.child('alias')?.text ?? name, module, name, node);
    }
  }
}

/** Reads `export { a as b }`, `export … from 'm'`, `export default …` and the names of a declaration. */
export function readExport(
  node: LeanNode,
  declaration: LeanNode | null,
  value: Expression | null,
  facts: FactBuilder,
): void {
  const module = moduleOf(node.child('source'));
  const isDefault = /^(?:@[\s\S]*?)?export\s+default\b/.test(node.text.slice(0, 2000));
  if (declaration !== null) {
    const names = declaredNames(declaration);
    for (const name of names) facts.addExport(isDefault ? 'default' : name, nameOf(name));
    if (isDefault && names.length === 0) facts.addExport('default', nameOf('default'));
    return;
  }
  if (value !== null) facts.addExport('default', value);
  const clause = node.childOfType('export_clause');
  for (const specifier of clause?.children ?? []) {
    const name = specifier.child('name')?.text ?? '';
    facts.addExport(specifier.child('alias')?.text ?? name, nameOf(name), module);
  }
  const namespace = node.childOfType('namespace_export');
  if (module === null || clause !== null) return;
  facts.addExport(namespace?.children[0]?.text ?? '*', nameOf('*'), module);
}

/** Reads `const a = require('m')` and `const { b, c: d } = require('m')`; `false`: it is something else. */
export function readRequire(target: LeanNode, value: LeanNode, scope: number, facts: FactBuilder): boolean {
  const inner = value.type === 'await_expression' ? (value.children[0] ?? value) : value;
  const dynamic = inner !== value;
  // `require('m').name`
  const call = inner.type === 'member_expression' ? inner.child('object') : inner;
  const callee = call?.child('function')?.text;
  if (callee !== (dynamic ? 'import' : 'require') || call?.type !== 'call_expression') return false;
  const module = moduleOf(call.child('arguments')?.children[0] ?? null);
  if (module === null) return false;
  const picked = inner === call ? null : (inner.child('property')?.text ?? null);
  if (target.type === 'identifier') {
    facts.addImport(scope, target.text, module, picked ?? (dynamic ? '*' : '='), value);
    return true;
  }
  for (const part of target.children) {
    const key = part.child('key')?.text ?? part.text;
    facts.addImport(scope, part.child('value')?.text ?? part.text, module, key, value);
  }
  return true;
}

function declaredNames(declaration: LeanNode): string[] {
  const name = declaration.child('name');
  if (name !== null) return [name.text];
  return declaration.children.flatMap((child) => {
    const target = child.child('name');
    if (child.type !== 'variable_declarator' || target === null) return [];
    if (target.type === 'identifier') return [target.text];
    return target.children.map((part) => (part.child('value') ?? part).text);
  });
}

function moduleOf(node: LeanNode | null): string | null {
  if (node?.type !== 'string') return null;
  return node.childOfType('string_fragment')?.text ?? null;
}
