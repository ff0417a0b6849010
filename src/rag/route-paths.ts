import { regexToTemplate } from './regex-paths.ts';

/** How a framework writes parameters in a path. */
export type PathSyntax = 'colon' | 'colon-or-braces' | 'braces' | 'angles' | 'regex';

/** Joins parts of a path with one slash each; a slash at the end is kept as the last part has it. */
export function joinPaths(...parts: readonly string[]): string {
  const joined = parts
    .filter((part) => part !== '')
    .join('/')
    .replace(/\/{2,}/g, '/');
  const rooted = joined.startsWith('/') ? joined : `/${joined}`;
  const last = parts.at(-1) ?? '';
  return last === '' && rooted.length > 1 ? rooted.replace(/\/$/, '') : rooted;
}

/** Writes a framework's path as a template with `{name}` for parameters. */
export function toTemplate(path: string, syntax: PathSyntax): string {
  switch (syntax) {
    case 'colon':
      // `:id`, `:id(\d+)`, `:id<int>`, `:id?`, and Express 5's `{/:id}`
      return path
        .replace(/\{(\/?:\w+)\}/g, '$1')
        .replace(/:(\w+)(?:\([^)]*\)|\{[^}]*\}|<[^>]*>)?[?+*]?/g, '{$1}');
    case 'colon-or-braces':
      // axum before and after 0.8: `/:id/*rest` and `/{id}/{*rest}`.
      return toTemplate(toTemplate(path, 'braces'), 'colon').replace(/\/\*(\w+)/g, '/{$1}');
    case 'braces':
      // `{id:int}`, `{id?}`, `{*rest}`, `{id:[0-9]+}`
      return path.replace(/\{\*{0,2}(\w+)\??(?:[:=](?:[^{}]|\{[^{}]*\})*)?\}/g, '{$1}');
    case 'angles':
      // `<int:id>`, `<id>`
      return path.replace(/<(?:[^<>:]*:)?(\w+)>/g, '{$1}');
    case 'regex':
      return regexToTemplate(path);
  }
}
