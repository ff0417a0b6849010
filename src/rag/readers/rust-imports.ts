import type { FactBuilder } from '../fact-builder.ts';
import type { LeanNode } from '../lean-node.ts';

/** Where a `use` stands: `depth` counts the modules around it that are written in the file. */
export interface UsePlace {
  readonly scope: number;
  readonly depth: number;
}

/** Adds the imports of `use a::{b, c as d, self, *}`. */
export function readUse(
  node: LeanNode | null,
  path: readonly string[],
  place: UsePlace,
  facts: FactBuilder,
): void {
  if (node === null) return;
  const own = (child: LeanNode | null) => (child === null ? path : [...path, ...segmentsOf(child.text)]);
  switch (node.type) {
    case 'scoped_use_list':
      for (const child of node.child('list')?.children ?? [])
        readUse(child, own(node.child('path')), place, facts);
      break;
    case 'use_list':
      for (const child of node.children) readUse(child, path, place, facts);
      break;
    case 'use_as_clause':
      addUse(own(node.child('path')), node.child('alias')?.text ?? null, node, place, facts);
      break;
    case 'use_wildcard':
      addUse([...own(node.children[0] ?? null), '*'], '*', node, place, facts);
      break;
    case 'self':
      addUse(path, null, node, place, facts);
      break;
    default:
      if (!node.type.endsWith('comment')) addUse(own(node), null, node, place, facts);
  }
}

/** A path as it is seen from the module of the file: without `self`, and without `super` that stays in the file. */
export function localPath(segments: readonly string[], depth: number): readonly string[] {
  let rest = segments;
  for (let left = depth; rest.length > 1; rest = rest.slice(1)) {
    if (rest[0] === 'self') continue;
    if (rest[0] !== 'super' || left-- <= 0) break;
  }
  return rest;
}

/** The parts of `a::b`. */
export function segmentsOf(path: string): string[] {
  return path.split('::').map((part) => part.trim());
}

function addUse(
  segments: readonly string[],
  local: string | null,
  node: LeanNode,
  place: UsePlace,
  facts: FactBuilder,
): void {
  const whole = localPath(segments, place.depth);
  const name = whole.at(-1) ?? '';
  if (local === '_' || (whole.length < 2 && (local === null || local === name))) return;
  facts.addImport(place.scope, local ?? name, whole.slice(0, -1).join('::'), name, node);
}
