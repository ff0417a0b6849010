import type { LeanNode } from '../../rag/lean-node.ts';
import type { TextEdit } from '../rule.ts';
import { insertAt } from './insert.ts';
import { lineBreakAt, membersOf, type SourceText } from './source-text.ts';

/** Names under which a Go file uses the package of this path. */
export function importedAs(source: SourceText, path: string): ReadonlySet<string> {
  const names = source
    .nodes('import_spec')
    .filter((spec) => spec.child('path')?.text.slice(1, -1) === path)
    .map((spec) => spec.child('name')?.text ?? path.slice(path.lastIndexOf('/') + 1));
  return new Set(names);
}

/**
 * The names that the folders of the imported packages may have, by the name in the file: the last part of the path, or
 * any in the root of a module, which is `.` here, and stands before a version.
 */
export function listPackageFolders(source: SourceText): ReadonlyMap<string, readonly string[]> {
  return new Map(
    source.nodes('import_spec').map((spec) => {
      const parts = (spec.child('path')?.text ?? '').slice(1, -1).split('/');
      const [last = '', before = last] = parts.toReversed();
      const own = /^v\d+$/.test(last) ? before : last;
      return [spec.child('name')?.text ?? own, [last, own, '.']];
    }),
  );
}

/** The edits that import a package under its own name; `null` when the file has no imports to add to. */
export function importGoPackage(source: SourceText, path: string): readonly TextEdit[] | null {
  if (importedAs(source, path).has(path.slice(path.lastIndexOf('/') + 1))) return [];
  const lastSpec = source
    .nodes('import_spec_list')[0]
    ?.children.filter((one) => one.type === 'import_spec')
    .at(-1);
  const lineBreak = lineBreakAt(source.text, 0);
  if (lastSpec !== undefined) return [insertAt(lastSpec.end, `${lineBreak}\t"${path}"`)];
  const first = source.nodes('import_declaration')[0];
  return first === undefined ? null : [insertAt(first.end, `${lineBreak}import "${path}"`)];
}

/** Composite literals of a type such as `http.Client`. */
export function listLiterals(source: SourceText, packages: ReadonlySet<string>, type: string): LeanNode[] {
  return source.nodes('composite_literal').filter((literal) => {
    const name = literal.child('type');
    return packages.has(name?.child('package')?.text ?? '') && name?.child('name')?.text === type;
  });
}

/** Keys of a composite literal; `null` when its values are given by place. */
export function literalKeys(literal: LeanNode): ReadonlySet<string> | null {
  const members = membersOf(literal.child('body') ?? literal);
  if (members.some((member) => member.type !== 'keyed_element')) return null;
  return new Set(members.map((member) => member.child('key')?.text ?? ''));
}
