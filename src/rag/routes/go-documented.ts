import type { Route } from '../../types-code.ts';
import type { Expression } from '../facts.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

/**
 * Go functions whose comments say for swag or go-swagger which operation they answer, where no framework's own
 * routes lead to them by that path.
 */
export default defineRouteFinder({
  framework: 'go-documented',
  find(resolver, before) {
    const known = new Map<string, string[]>();
    for (const { handler, path } of before) {
      const key = `${handler.file}:${handler.startLine}`;
      known.set(key, [...(known.get(key) ?? []), shapeOf(path)]);
    }
    return resolver.program.filesOf('go').flatMap(([file, facts]) =>
      facts.symbols.flatMap(({ decorators, name, startLine, endLine }) => {
        if (decorators.length === 0) return [];
        const routed = known.get(`${file}:${startLine}`) ?? [];
        const handler = { file, startLine, endLine };
        return decorators.flatMap((comment): Route[] => {
          const [method, path, id] = textsOf(comment);
          const verb = methodOf(method ?? '');
          if (verb === null || path === undefined) return [];
          // A router that leads to the function knows more, but for prefixes that were not found.
          if (routed.some((one) => one.endsWith(shapeOf(toTemplate(path, 'braces'))))) return [];
          return [
            {
              framework: 'go-documented',
              method: verb,
              path: toTemplate(joinPaths(path), 'braces'),
              operationId: id === undefined || id === '' ? null : id,
              handler,
              handlerName: name,
              declaredAt: handler,
            },
          ];
        });
      }),
    );
  },
});

/** A path without the names of its parameters and a slash at its end. */
function shapeOf(path: string): string {
  return path.replace(/\{[^}]*\}/g, '{}').replace(/\/$/, '');
}

function textsOf(comment: Expression): string[] {
  const items = comment.kind === 'list' ? comment.items : [];
  return items.flatMap((item) => (item.kind === 'string' ? [item.value] : []));
}
