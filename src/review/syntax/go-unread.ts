import type { LeanNode } from '../../rag/lean-node.ts';
import type { ProjectFacts } from '../rule.ts';
import { findAncestor } from './source-text.ts';

/**
 * Whether a value of Go is kept where nothing takes it: in a variable of a package, or in a field of a type of the
 * project, that no file reads. Names decide, so one that is read anywhere under the same name counts as read.
 */
export function isNeverRead(value: LeanNode, project: ProjectFacts): boolean {
  const kept = findAncestor(value, 'keyed_element', 'var_spec', 'block');
  if (kept?.type === 'keyed_element') return isUnreadField(kept, project);
  return kept?.type === 'var_spec' && isUnreadVariable(kept, project);
}

/** A variable outside of all functions that is named only where it is set, and in comments. */
function isUnreadVariable(spec: LeanNode, project: ProjectFacts): boolean {
  const name = spec.children.find(({ type }) => type === 'identifier')?.text ?? '';
  if (!/^[A-Za-z]\w*$/.test(name) || findAncestor(spec, 'block') !== null) return false;
  const reads = new RegExp(
    `\\b(${name})\\b(?<!(?:^|\\s)//[^\\n]*)(?![ \\t]*(?:\\*?[\\w.]+[ \\t]*)?=[^=])(?![ \\t]+\\*?[\\w.]+$)`,
    'gm',
  );
  return project.capturesOf(reads).length === 0;
}

/**
 * A field of a type that the project declares, where no file reads a field of this name and either names the type or
 * declares no such field of its own.
 */
function isUnreadField(element: LeanNode, project: ProjectFacts): boolean {
  const field = element.child('key')?.text ?? '';
  const type =
    findAncestor(element, 'composite_literal', 'block')?.child('type')?.text.split('.').at(-1) ?? '';
  if (!/^\w+$/.test(field) || !/^\w+$/.test(type) || !project.holds(`type ${type} struct`)) return false;
  const readsOfOthers = new RegExp(
    `^(?![\\s\\S]*\\n\\s+${field}\\s+\\*?[\\w.]+)[\\s\\S]*?(\\.${field})\\b`,
    'g',
  );
  return !project.holdsTogether([type, `.${field}`]) && project.capturesOf(readsOfOthers).length === 0;
}
