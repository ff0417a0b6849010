import { nameOf, otherOf } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';

/** Names of type parameters with the trait that each is bound by. */
export type Generics = ReadonlyMap<string, Expression>;

/** Reads a type; references, `dyn` and `impl` stand for what they hold, a type parameter for its bound. */
export function readRustType(node: LeanNode, self: string | null, generics: Generics): Expression {
  const inner = (child: LeanNode | null | undefined): Expression =>
    child === null || child === undefined ? otherOf(node.text) : readRustType(child, self, generics);
  switch (node.type) {
    case 'type_identifier':
    case 'identifier':
      if (node.text === 'Self' && self !== null) return nameOf(self);
      return generics.get(node.text) ?? nameOf(node.text);
    case 'crate':
    case 'super':
    case 'primitive_type':
      return nameOf(node.text);
    case 'scoped_type_identifier':
    case 'scoped_identifier': {
      const [path, name] = [node.child('path'), node.child('name')?.text ?? ''];
      // `self::Order` is a name of this module.
      if (path === null || path.type === 'self') return nameOf(name);
      return { kind: 'member', of: inner(path), name };
    }
    case 'generic_type': {
      const items = (node.child('type_arguments')?.children ?? []).filter((child) => !isLifetime(child));
      return { kind: 'index', of: inner(node.child('type')), items: items.map(inner) };
    }
    case 'reference_type':
    case 'pointer_type':
      return inner(node.child('type'));
    case 'dynamic_type':
    case 'abstract_type':
      return inner(node.child('trait'));
    case 'bounded_type':
    case 'trait_bounds':
      return inner(node.children.find((child) => !isLifetime(child)));
    case 'tuple_type':
      return { kind: 'list', items: node.children.map(inner) };
    case 'array_type':
      return { kind: 'list', items: [inner(node.child('element'))] };
    default:
      return otherOf(node.text);
  }
}

/** Adds the type parameters of a function or an `impl` to those around it. */
export function readGenerics(node: LeanNode, self: string | null, around: Generics): Generics {
  const params = node.child('type_parameters')?.children ?? [];
  const clauses = node.childOfType('where_clause')?.children ?? [];
  if (params.length === 0 && clauses.length === 0) return around;
  const known = new Map(around);
  for (const entry of [...params, ...clauses]) {
    const name = entry.child('name') ?? entry.child('left') ?? null;
    const bounds = entry.child('bounds');
    if (name !== null && bounds !== null) known.set(name.text, readRustType(bounds, self, around));
  }
  return known;
}

function isLifetime(node: LeanNode): boolean {
  return node.type.startsWith('lifetime');
}

/** Traits by the name of the type that a file implements them for. */
export function listTraits(root: LeanNode): ReadonlyMap<string, readonly LeanNode[]> {
  const found = new Map<string, LeanNode[]>();
  const visit = (nodes: readonly LeanNode[]): void => {
    for (const node of nodes) {
      if (node.type === 'mod_item') visit(node.child('body')?.children ?? []);
      const [trait, type] = [node.child('trait'), node.child('type')];
      if (node.type !== 'impl_item' || trait === null || type === null) continue;
      const name = /^\w+/.exec(type.text)?.[0] ?? '';
      found.set(name, [...(found.get(name) ?? []), trait]);
    }
  };
  visit(root.children);
  return found;
}
