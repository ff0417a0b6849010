import type { FactBuilder } from '../fact-builder.ts';
import type { LeanNode } from '../lean-node.ts';
import type { RustExpressions } from './rust-expressions.ts';

/** What declarations are read with. */
export interface DeclarationReaders {
  readonly facts: FactBuilder;
  readonly expressions: RustExpressions;
}

/** Binds the fields of a struct by their name, those of a tuple by their place, in the scope that it `opened`. */
export function readFields(
  body: LeanNode | null,
  opened: number,
  scope: number,
  { facts, expressions }: DeclarationReaders,
): void {
  const fields =
    body?.children.filter((child) => child.type === 'field_declaration' || child.field === 'type') ?? [];
  fields.forEach((field, index) => {
    const type = expressions.type(field.child('type') ?? field);
    const name = field.child('name')?.text ?? String(index);
    facts.addBinding({ scope: opened, name, type, value: null, from: scope }, field);
  });
}

/** Binds the name of `type Orders = Arc<dyn OrderRepo>`. */
export function readAlias(node: LeanNode, scope: number, { facts, expressions }: DeclarationReaders): void {
  const [name, type] = [node.child('name'), node.child('type')];
  if (name === null || type === null) return;
  const read = expressions.type(type);
  const isHolder = read.kind === 'index' && /^(Arc|Rc|Box)$/.test(type.child('type')?.text ?? '');
  const value = read.kind === 'index' && !isHolder ? read.of : read;
  facts.addBinding({ scope, name: name.text, type: null, value, from: scope }, node);
}

/** Binds a `const` or a `static`; at the top level it is a symbol too. */
export function readConstant(
  node: LeanNode,
  scope: number,
  { facts, expressions }: DeclarationReaders,
): void {
  const [name, type, value] = [node.child('name')?.text ?? '', node.child('type'), node.child('value')];
  const read = value === null ? null : expressions.read(value, scope);
  const typed = type === null ? null : expressions.type(type);
  facts.addBinding({ scope, name, type: typed, value: read, from: scope }, node);
  if (scope === 0) facts.addSymbol({ name, kind: 'variable', node, inScope: 0 });
}
