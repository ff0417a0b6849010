import { posix } from 'node:path';
import { SERVER } from './page-modules.ts';

/** A package.json that names Nuxt, for running or, as Nuxt's own guide has it, for building. */
const NUXT = /"nuxt3?"\s*:\s*"/;
/** Folders of a Nuxt package that its server, or its build, runs (Nuxt docs, "Directory Structure"). */
const SERVED = /(^|\/)(server|api|serverMiddleware|modules)\/|\.server\.[cm]?[jt]s$|^nuxt\.config\./;
/** What only a server does or imports. */
const SERVES =
  /\.listen\(|\bdefineEventHandler\b|\b(from|require\()\s*['"](h3|nitropack|express|fastify|koa|hono|ws|pg|ioredis|mongoose|https?|net)(\/[\w/]+)?['"]/;

/**
 * Files of packages made with Nuxt that work in a page: those outside of the folders of its server that do nothing of
 * a server, and that no file of a server imports. What a page runs on the server as well, to draw itself, is among them.
 */
export function listNuxtPageFiles(
  texts: ReadonlyMap<string, string>,
  manifests: ReadonlyMap<string, string>,
  importers: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const roots = new Map(
    [...manifests]
      .filter(([file]) => posix.basename(file) === 'package.json')
      .map(([file, text]) => [posix.dirname(file), NUXT.test(text)]),
  );
  const isPage = ([file, text]: readonly [string, string]) => {
    let root = posix.dirname(file);
    while (root !== '.' && !roots.has(root)) root = posix.dirname(root);
    const path = posix.relative(root, file);
    return roots.get(root) === true && !SERVED.test(path) && !SERVER.test(text) && !SERVES.test(text);
  };
  const pages = new Set([...texts].filter(isPage).map(([file]) => file));
  for (let before = -1; before !== pages.size; ) {
    before = pages.size;
    for (const [file, users] of importers) if (users.some((user) => !pages.has(user))) pages.delete(file);
  }
  return pages;
}
