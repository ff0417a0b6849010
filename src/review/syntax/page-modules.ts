import { createImportResolver } from './import-paths.ts';

const SPECIFIER = /\b(?:from|import|require\(|import\()\s*['"]([^'"\n]+)['"]/g;
/** What is imported for its types alone is gone when the program runs. */
const TYPES_ONLY = /^\s*(import|export)\s+type\s[^;'"]*\bfrom\s*['"][^'"\n]+['"]/gm;
/** Only code of a page holds state in hooks, or says that it is of the client. */
const PAGE =
  /^\s*['"]use client['"]|\buse(State|Effect|LayoutEffect|Ref|Callback|Memo|Reducer|Context)[<(]|\bcreate(Signal|Effect|Memo)[<(]/m;
/** Components call hooks of their own, too. */
const COMPONENT = /\buse[A-Z]\w*\s*[<(]/;
/** Objects that only a page has, by members that no record of a server is likely to have. */
export const PAGE_OBJECTS =
  /(?<![.\w])(window\.(location|addEventListener|localStorage|sessionStorage|matchMedia)\b|document\.(querySelector(All)?|getElementById|getElementsBy\w+|createElement|addEventListener|documentElement)\b|(local|session)Storage\.(get|set|remove)Item\b|navigator\.(userAgent|clipboard|serviceWorker|sendBeacon)\b|new XMLHttpRequest\b)/;
/** Where those objects are asked for, written down or driven from outside. */
const OUT_OF_PAGE =
  /\btypeof (window|document|navigator|localStorage)\b|<script\b|\$eval\(|\.evaluate\w*\(|\b(from|require\()\s*['"](puppeteer|playwright|jsdom|happy-dom|linkedom|cheerio)/;
/** What a page cannot do; a file that does it runs on a server, whoever imports it. */
export const SERVER =
  /['"](use server|server-only|next\/(headers|server)|node:[\w/]+|fs|fs\/promises|crypto)['"]|\bget(ServerSide|Static)Props\b|\bnew PrismaClient\b|\bprocess\.env\.(?!NEXT_PUBLIC_|NODE_ENV\b|VITE_|REACT_APP_|PUBLIC_)\w/;

/**
 * Files of JavaScript and TypeScript that run in a page, or that nothing but such files imports. A file that
 * nobody imports is none.
 */
export function listPageModules(
  texts: ReadonlyMap<string, string>,
  importers = listImporters(texts),
): ReadonlySet<string> {
  const pages = new Set([...texts].filter(([file, text]) => isPage(file, text)).map(([file]) => file));
  const open = [...importers].filter(([file]) => !SERVER.test(texts.get(file) ?? ''));
  for (let before = -1; before !== pages.size; ) {
    before = pages.size;
    for (const [file, users] of open) if (users.every((user) => pages.has(user))) pages.add(file);
  }
  return pages;
}

/** Gives, for each file that another one imports, those that do; imports of types alone do not count. */
export function listImporters(
  texts: ReadonlyMap<string, string>,
  manifests: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, readonly string[]> {
  const resolve = createImportResolver(texts.keys(), manifests);
  const importers = new Map<string, string[]>();
  for (const [file, text] of texts) {
    for (const [, specifier = ''] of text.replace(TYPES_ONLY, '').matchAll(SPECIFIER)) {
      const imported = resolve(file, specifier);
      if (imported !== null && imported !== file)
        importers.set(imported, [...(importers.get(imported) ?? []), file]);
    }
  }
  return importers;
}

/** What only code of a page, or of a worker of one, can do. */
const DOM = /\b(document|window|navigator|self|location)\.\w|\bnew (MutationObserver|XMLHttpRequest)\b/;
/** What code outside of a page does, or is asked to do. */
const NODE =
  /\bprocess\.\w|\b__dirname\b|\.listen\(|\brequire\(|['"](node:[\w/]+|fs|fs\/promises|path|https?|net|os|crypto|express|fastify|koa|hono|ws|pg|@nestjs\/\w+)['"]/;

/** The same without what bundlers give to pages. */
const HOST =
  /\b__dirname\b|\.listen\(|['"](node:[\w/]+|fs|fs\/promises|path|https?|net|os|express|fastify|koa|hono|ws|pg|@nestjs\/\w+)['"]/;

/** What applications of one person are made with, on a desk or in a pocket. */
const PERSONAL =
  /\b(from|require\()\s*['"](electron|react-native|expo|@tauri-apps\/[\w/-]+|@capacitor\/[\w-]+|@ionic\/[\w/-]+|@nativescript\/[\w/-]+|vscode|obsidian|@raycast\/api)['"]|\b(chrome|browser)\.(runtime|tabs|alarms|scripting|contextMenus)\.\w/;

/**
 * Files of packages that are made for pages: some file of the package works on a page, and none on a server;
 * and those of packages for a desk, a telephone or a browser's own extensions, which serve one person.
 */
export function listBrowserFiles(
  texts: ReadonlyMap<string, string>,
  packageOf: (file: string) => string,
): ReadonlySet<string> {
  const packages = new Map<string, string[]>();
  for (const file of texts.keys())
    packages.set(packageOf(file), [...(packages.get(packageOf(file)) ?? []), file]);
  const some = (files: readonly string[], sign: RegExp) =>
    files.some((file) => sign.test(texts.get(file) ?? ''));
  return new Set(
    [...packages.values()]
      .filter((files) => some(files, PERSONAL) || (some(files, DOM) && !some(files, NODE)))
      .flat(),
  );
}

function isPage(file: string, text: string): boolean {
  const shown = PAGE.test(text) || (/\.[jt]sx$/.test(file) && COMPONENT.test(text));
  const works = PAGE_OBJECTS.test(text) && !OUT_OF_PAGE.test(text) && !HOST.test(text);
  return (shown || works) && !SERVER.test(text);
}
