import { AppError } from '../../errors.ts';
import { languageOf } from '../../rag/languages.ts';
import { type SyntaxNode, withTree } from '../../rag/parse.ts';
import type { PatchCheck } from '../../types-code.ts';
import { quote } from '../../units.ts';
import { readYaml } from '../../yaml.ts';

/**
 * Checks that a patched text has no syntax error that the text before it did not have. Errors of before are
 * forgiven: grammars lag behind their languages.
 *
 * @throws AppError PATCH_INVALID with the line of the first new error.
 */
export async function checkSyntax(
  file: string,
  oldText: string | null,
  newText: string,
): Promise<PatchCheck> {
  const language = languageOf(file);
  if (language !== null) {
    const before = oldText === null ? [] : await withTree(language, oldText, listErrorLines);
    const after = await withTree(language, newText, listErrorLines);
    const firstNew = after.find((line) => !before.includes(line)) ?? after[0];
    if (after.length > before.length && firstNew !== undefined) throw broken(file, firstNew, newText);
    return { name: 'syntax', ok: true, message: `${file} parses (${language})` };
  }
  if (/\.json$/i.test(file)) return checkPlain(file, 'JSON', oldText, newText, JSON.parse);
  if (/\.ya?ml$/i.test(file)) {
    return checkPlain(file, 'YAML', oldText, newText, (text) => readYaml(text, file));
  }
  return { name: 'syntax', ok: true, message: `${file} was not parsed: no grammar for it` };
}

function checkPlain(
  file: string,
  format: string,
  oldText: string | null,
  newText: string,
  read: (text: string) => unknown,
): PatchCheck {
  const error = errorOf(newText, read);
  if (error !== null && (oldText === null || errorOf(oldText, read) === null)) {
    throw new AppError('PATCH_INVALID', `After the patch ${quote(file)} is not valid ${format}.`, {
      hint: 'Mend the proposed text, then propose it again.',
      details: { file, seen: error },
    });
  }
  return { name: 'syntax', ok: true, message: `${file} parses (${format})` };
}

function errorOf(text: string, read: (text: string) => unknown): string | null {
  try {
    read(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Lines of the nodes that the parser could not fit, or had to invent. */
function listErrorLines(root: SyntaxNode): number[] {
  const lines: number[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.isError || node.isMissing) lines.push(node.startPosition.row + 1);
    else if (node.hasError) for (const child of node.children) visit(child);
  };
  visit(root);
  return lines;
}

function broken(file: string, line: number, newText: string): AppError {
  return new AppError('PATCH_INVALID', `After the patch ${quote(file)} does not parse: line ${line}.`, {
    hint: 'Mend the proposed text at that line, then propose it again.',
    details: { file, line, seen: newText.split('\n')[line - 1]?.slice(0, 200) ?? '' },
  });
}
