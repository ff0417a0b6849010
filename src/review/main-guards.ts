import { posix } from 'node:path';
import { escapePattern } from '../texts.ts';
import type { SourceText } from './syntax/source-text.ts';

const GUARD = /^\(?\s*__name__\s*==\s*['"]__main__['"]\s*\)?$/;
/** What goes on until it is ended, or hands over to what may. */
const STAYS =
  /\bwhile\b|\basync\b|\bawait\b|forever|(\b|[._])(run|main|serve|start|listen|work|launch|consum|poll|loop|execute|schedule|subscribe|handle|process)\w*\(/i;

/**
 * Whether a place of a Python file stands below its main guard (Python docs, `__main__`), where a person tries out a
 * module that others import: nothing below goes on, and who imports the file does not run it.
 *
 * `imports` says whether some Python file of the service holds such a statement.
 */
export function isTriedOut(
  source: SourceText,
  offset: number,
  imports: (statement: RegExp) => boolean,
): boolean {
  if (source.language !== 'python' || !source.text.includes('__main__')) return false;
  const guard = source
    .nodes('if_statement')
    .find((one) => one.start <= offset && offset < one.end && GUARD.test(one.child('condition')?.text ?? ''));
  if (guard === undefined || STAYS.test(guard.child('consequence')?.text ?? '')) return false;
  return imports(importOf(source.file));
}

/** `from shop.stats import x`, `from .stats import x` and `import shop.stats`, for `shop/stats.py`. */
function importOf(file: string): RegExp {
  const name = escapePattern(posix.basename(file, '.py'));
  const folder = escapePattern(posix.basename(posix.dirname(file)));
  const path = `(([\\w.]*\\.)?${folder}\\.|\\.+)?${name}`;
  return new RegExp(`^[ \\t]*(from[ \\t]+${path}[ \\t]+import\\b|import[ \\t]+${path}\\b(?!\\.))`, 'm');
}
