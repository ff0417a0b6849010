import type { LeanNode } from '../../rag/lean-node.ts';
import type { TextEdit } from '../rule.ts';
import { importModule, type PythonNames } from './python.ts';
import type { SourceText } from './source-text.ts';

/** Whether the value of a call is used further: `call().x`, `call()[0]`, `call()()`. */
export function isChained(call: LeanNode): boolean {
  const above = call.parent;
  if (above === null) return false;
  if (above.type === 'attribute' || above.type === 'subscript') return above.children[0] === call;
  return above.type === 'call' && call.field === 'function';
}

/** The edits that import a module; `null` when there is no safe place for it. */
export function importEdits(source: SourceText, names: PythonNames, module: string): TextEdit[] | null {
  if (source.nodes('future_import_statement').length > 0 && names.get(module) !== module) {
    const last = source.nodes('future_import_statement').at(-1);
    return last === undefined
      ? null
      : [{ startOffset: last.end, endOffset: last.end, text: `\nimport ${module}` }];
  }
  const edit = importModule(source, names, module);
  return edit === null ? [] : [edit];
}
