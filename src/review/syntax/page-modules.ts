import { posix } from 'node:path';

const SPECIFIER = /\b(?:from|import|require\(|import\()\s*['"]([^'"\n]+)['"]/g;
const ENDINGS = /(?:\/index)?\.(?:[cm]?[jt]s|[jt]sx)$/;
/** Folders that an alias such as `@/` stands for, below the folder of the package. */
const SOURCE_ROOTS = ['', 'src/', 'app/'];

/** Only code of a page holds state in hooks, or says that it is of the client. */
const PAGE = /^\s*['"]use client['"]|\buse(State|Effect|LayoutEffect|Ref|Callback|Memo|Reducer|Context)[<(]/m;
/** What a page cannot do; a file that does it runs on a server, whoever imports it. */
const SERVER =
  /['"](use server|server-only|next\/(headers|server)|node:[\w/]+|fs|fs\/promises|crypto)['"]|\bget(ServerSide|Static)Props\b|\bnew PrismaClient\b|\bprocess\.env\.(?!NEXT_PUBLIC_|NODE_ENV\b|VITE_|REACT_APP_|PUBLIC_)\w/;

/**
 * Files of JavaScript and TypeScript that run in a page, or that nothing but such files imports. Imports are followed
 * by relative paths and by the usual aliases (`@/lib/a`, `~/lib/a`, `src/lib/a`); a file that nobody imports is none.
 */
export function listPageModules(texts: ReadonlyMap<string, string>): ReadonlySet<string> {
  const files = new Map([...texts.keys()].map((file) => [file.replace(ENDINGS, ''), file] as const));
  const importers = new Map<string, string[]>();
  for (const [file, text] of texts) {
    for (const [, specifier = ''] of text.matchAll(SPECIFIER)) {
      const imported = resolve(file, specifier, files);
      if (imported !== null && imported !== file)
        importers.set(imported, [...(importers.get(imported) ?? []), file]);
    }
  }
  const pages = new Set([...texts].filter(([, text]) => isPage(text)).map(([file]) => file));
  const open = [...importers].filter(([file]) => !SERVER.test(texts.get(file) ?? ''));
  for (let before = -1; before !== pages.size; ) {
    before = pages.size;
    for (const [file, users] of open) if (users.every((user) => pages.has(user))) pages.add(file);
  }
  return pages;
}

function isPage(text: string): boolean {
  return PAGE.test(text) && !SERVER.test(text);
}

function resolve(file: string, specifier: string, files: ReadonlyMap<string, string>): string | null {
  const folder = posix.dirname(file);
  if (specifier.startsWith('.')) {
    return files.get(posix.join(folder, specifier).replace(ENDINGS, '')) ?? null;
  }
  const path = specifier.replace(/^[@~#]\//, '').replace(ENDINGS, '');
  for (let root = folder; ; root = posix.dirname(root)) {
    for (const below of SOURCE_ROOTS) {
      const found = files.get(posix.join(root, below, path));
      if (found !== undefined) return found;
    }
    if (root === '.' || root === '/') return null;
  }
}
