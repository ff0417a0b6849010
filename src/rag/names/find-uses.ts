import { posix } from 'node:path';
import type { FileFacts, Import } from '../facts.ts';
import { familyOf } from '../languages.ts';
import { requiredModule } from './lookups.ts';
import { findJavaImport } from './qualified-names.ts';
import type { Resolver } from './resolver.ts';

/** A place in another file that needs a file. */
export interface FileUse {
  readonly file: string;
  /** `null` where a file re-exports another as a whole. */
  readonly line: number | null;
}

/** Where other files import `file` or call what it holds, the first line of each; an import that binds no name is not known. */
export function findUses(file: string, resolver: Resolver): readonly FileUse[] {
  const { program } = resolver;
  const target = program.files.get(file);
  if (target === undefined) return [];
  const uses: FileUse[] = [];
  for (const [other, facts] of program.filesOf(familyOf(target.language))) {
    if (other === file) continue;
    const lines = [
      ...listImportLines(other, facts, file, resolver),
      ...listCallLines(other, facts, file, resolver),
    ];
    const known = lines.filter((line) => line !== null);
    if (lines.length > 0) uses.push({ file: other, line: known.length === 0 ? null : Math.min(...known) });
  }
  return uses;
}

function listImportLines(
  other: string,
  { language, imports, exports, calls }: FileFacts,
  file: string,
  resolver: Resolver,
): readonly (number | null)[] {
  const { program } = resolver;
  const names = (module: string) => means(program.modules.find(other, module, language), file, program.files);
  const required = calls.flatMap(({ call }) => {
    const module = requiredModule(call);
    return module !== null && names(module) ? [call.line] : [];
  });
  const imported = imports.filter(
    (entry) =>
      listModules(entry, language).some(names) ||
      (language === 'java' &&
        findJavaImport(entry, program).some((found) => found.kind === 'symbol' && found.file === file)),
  );
  const reExported = exports.filter(({ module }) => module !== null && names(module));
  return [...required, ...imported.map(({ line }) => line), ...reExported.map(() => null)];
}

/** `from shop import orders` may mean a name of `shop` or the module `shop.orders`. */
function listModules({ module, name }: Import, language: string): readonly string[] {
  if (language !== 'python' || name === '*') return [module];
  return [module, module.endsWith('.') ? `${module}${name}` : `${module}.${name}`];
}

/** A module of Go is a folder: it needs the file only where that is its last. */
function means(found: string | null, file: string, files: ReadonlyMap<string, FileFacts>): boolean {
  if (found === null || !found.endsWith('/')) return found === file;
  const folderOf = (path: string) => posix.dirname(path);
  const isAlone = () =>
    [...files.keys()].filter((path) => path.endsWith('.go') && folderOf(path) === folderOf(file)).length ===
    1;
  return (found === '/' ? '.' : found.slice(0, -1)) === folderOf(file) && isAlone();
}

function listCallLines(
  other: string,
  { calls }: FileFacts,
  file: string,
  resolver: Resolver,
): readonly number[] {
  return calls.flatMap(({ scope, call }) => {
    const found = resolver.evaluate(call.callee, { file: other, scope });
    return found.some((entity) => entity.kind === 'symbol' && entity.file === file) ? [call.line] : [];
  });
}
