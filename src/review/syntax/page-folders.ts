import { PAGE_OBJECTS, SERVER } from './page-modules.ts';

/** Folders, by their whole names, that hold the pages of a service beside its server. */
const CALLED = /^(web[-_]?(client|app|ui)|client|ui|web|front[-_]?end|android|ios|mobile([-_]app)?)$/i;
/** The folder of a server; an `app` beside it holds the pages. */
const SERVER_FOLDER = /^((?:.*\/)?)(server|back[-_]?end)\//i;
/** What pages are made with. */
const SHOWS =
  /\b(from|require\()\s*['"](react|react-dom|vue|svelte|mobx|mobx-react(-lite)?|preact|solid-js|@angular\/core|lit)['"]/;
/** What serves, or belongs to a framework whose pages and server stand in one folder. */
const SERVES =
  /\b(app|server|http)\w*\.listen\(|^\s*['"]use server['"]|\b(from|import|require\(|import\()\s*['"](server-only|next(\/[\w/]+)?|nuxt(\/\w+)?|express|fastify|koa|hono(\/[\w-]+)?|h3|ws|pg|ioredis|mongoose|astro|@nestjs\/\w+|@prisma\/client|@remix-run\/\w+|@react-router\/\w+|@sveltejs\/kit|@tanstack\/\w+-start|@trpc\/server)['"]|\bdefineEventHandler\b/m;

/** Files of a server that a framework finds by their paths. */
const SERVED =
  /(^|\/)(pages\/api|server)\/|(^|\/)api\/(.*\/)?route\.[cm]?[jt]sx?$|(^|\/)\+server\.[jt]s$|\.server\.[jt]sx?$/;

/**
 * Files of folders that are called after pages (`client/src`, `webapp`, `app` beside `server`), where pages are made
 * there and nothing serves.
 * A file that works on a server, or that a file outside of `pages` and such folders imports, is none, and so is what
 * such a file imports.
 */
export function listPageFolderFiles(
  texts: ReadonlyMap<string, string>,
  pages: ReadonlySet<string>,
  importers: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const folders = new Map<string, string[]>();
  const apps = new Set(
    [...texts.keys()].flatMap((file) => SERVER_FOLDER.exec(file)?.[1]?.concat('app') ?? []),
  );
  for (const file of texts.keys()) {
    const folder = pageFolder(file, apps);
    if (folder !== null) folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  const textOf = (file: string) => texts.get(file) ?? '';
  const left = new Set(
    [...folders.values()]
      .filter(
        (files) =>
          files.some(
            (file) => /\.[jt]sx$/.test(file) || SHOWS.test(textOf(file)) || PAGE_OBJECTS.test(textOf(file)),
          ) && !files.some((file) => SERVED.test(file) || SERVES.test(textOf(file))),
      )
      .flat()
      .filter((file) => !SERVER.test(textOf(file))),
  );
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const [file, users] of importers)
      if (users.some((user) => !left.has(user) && !pages.has(user))) left.delete(file);
  }
  return left;
}

/** The outermost folder above a file that is called after pages, or is one of `apps`. */
function pageFolder(file: string, apps: ReadonlySet<string>): string | null {
  const parts = file.split('/').slice(0, -1);
  const at = parts.findIndex((part, i) => CALLED.test(part) || apps.has(parts.slice(0, i + 1).join('/')));
  return at < 0 ? null : parts.slice(0, at + 1).join('/');
}
