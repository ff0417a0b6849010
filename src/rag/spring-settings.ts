import { posix } from 'node:path';

/** Settings that put a path before every route, by the framework that reads them. */
const PREFIX_KEYS = ['server.servlet.context-path', 'spring.mvc.servlet.path', 'spring.webflux.base-path'];

/**
 * Gives the path that Spring's `application.properties` or `application.yml` puts before every route of `file`, from
 * the module that the file belongs to; empty: none. Of `${NAME:/api}` the default counts.
 */
export function springBasePath(file: string, texts: ReadonlyMap<string, string>): string {
  return contextPath(file, texts, PREFIX_KEYS);
}

/** Gives what the module of `file` sets under `keys`, one below the other; empty: nothing. */
export function contextPath(
  file: string,
  texts: ReadonlyMap<string, string>,
  keys: readonly string[],
): string {
  const parts = keys.flatMap((key) => readSettings(file, texts).get(key) ?? []);
  return parts.map((part) => part.replace(/^\$\{[^:}]*:?([^}]*)\}$/, '$1')).join('/');
}

/** Settings of the module that `file` belongs to, by their full key. */
export function readSettings(file: string, texts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const [root = ''] = file.split(/(?<=^|\/)src\/main\//);
  const byRoot = known.get(texts) ?? new Map<string, ReadonlyMap<string, string>>();
  known.set(texts, byRoot);
  const settings = byRoot.get(root) ?? readModule(root, texts);
  byRoot.set(root, settings);
  return settings;
}

/** By the folder of the module: every method of every controller asks. */
const known = new WeakMap<ReadonlyMap<string, string>, Map<string, ReadonlyMap<string, string>>>();

function readModule(root: string, texts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const [name, text] of texts) {
    if (!/^application\.(properties|ya?ml)$/.test(posix.basename(name))) continue;
    if (!name.startsWith(root) || /(^|\/)src\/test\//.test(name)) continue;
    const isOfModule = /^(src\/main\/resources\/|resources\/|config\/)?[^/]+$/.test(name.slice(root.length));
    if (!isOfModule) continue;
    const read = name.endsWith('.properties') ? readProperties(text) : readKeys(text);
    for (const [key, value] of read) settings.set(key, value);
  }
  return settings;
}

function readProperties(text: string): [string, string][] {
  return [...text.matchAll(/^\s*([\w.-]+)\s*[=:]\s*(.*?)\s*$/gm)].map(([, key = '', value = '']) => [
    key,
    value,
  ]);
}

/** Keys of a YAML document by their full path; lists and long texts are passed over. */
function readKeys(text: string): [string, string][] {
  const found: [string, string][] = [];
  const open: { readonly indent: number; readonly key: string }[] = [];
  for (const line of text.split('\n')) {
    const [, space = '', key = '', value = ''] = /^( *)([\w.-]+):(?:\s+(.*?))?\s*$/.exec(line) ?? [];
    if (key === '') continue;
    while ((open.at(-1)?.indent ?? -1) >= space.length) open.pop();
    open.push({ indent: space.length, key });
    const bare = value.replace(/\s+#.*$/, '').replace(/^(["'])(.*)\1$/, '$2');
    if (bare !== '') found.push([open.map((entry) => entry.key).join('.'), bare]);
  }
  return found;
}
