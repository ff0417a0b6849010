import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { ts } from 'ts-morph';

/** More importers than these are not looked at: the check has half a minute for all. */
const MAX_IMPORTERS = 20;
const MAX_SEARCHED_FILES = 3_000;
const SPECIFIER = /\b(?:from|import|require)\s*\(?\s*(['"])([^'"\n]+)\1/g;

/**
 * Lists the files of a project that import one of `targets` directly, sorted, 20 at most; targets themselves and
 * declaration files are not among them. Paths are absolute, with forward slashes.
 */
export function listImporters(
  targets: readonly string[],
  fileNames: readonly string[],
  options: ts.CompilerOptions,
): string[] {
  const wanted = new Set(targets);
  const stems = new Set(targets.flatMap(stemsOf));
  const importers: string[] = [];
  for (const name of [...fileNames].sort().slice(0, MAX_SEARCHED_FILES)) {
    if (wanted.has(name) || /\.d\.[cm]?ts$/i.test(name)) continue;
    const specifiers = listSpecifiers(readText(name)).filter((one) => stems.has(stemOf(one)));
    const imports = specifiers.some((one) => {
      const { resolvedModule } = ts.resolveModuleName(one, name, options, ts.sys);
      return resolvedModule !== undefined && wanted.has(resolvedModule.resolvedFileName);
    });
    if (imports) importers.push(name);
    if (importers.length === MAX_IMPORTERS) break;
  }
  return importers;
}

/** What an import of the file ends in: its own name, or its folder's when it is an index. */
function stemsOf(target: string): string[] {
  const stem = stemOf(target);
  return stem === 'index' ? [stem, basename(dirname(target)), '.', '..'] : [stem];
}

/** The last part of a path or specifier without its ending: `orders` of `./lib/orders.js`. */
function stemOf(path: string): string {
  return basename(path).replace(/\.[cm]?[jt]sx?$/i, '');
}

function listSpecifiers(text: string): string[] {
  return [...text.matchAll(SPECIFIER)].map((match) => match[2] ?? '');
}

function readText(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch {
    // Gone since the configuration was read: then it imports nothing.
    return '';
  }
}
