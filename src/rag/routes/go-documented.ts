import type { Route } from '../../types-code.ts';
import type { Expression } from '../facts.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

/**
 * Go functions whose comments say for swag or go-swagger which operation they answer, where no framework's own
 * routes lead to them.
 */
export default defineRouteFinder({
  framework: 'go-documented',
  find(resolver, before) {
    const known = new Set(before.map(({ handler }) => `${handler.file}:${handler.startLine}`));
    return resolver.program.filesOf('go').flatMap(([file, facts]) =>
      facts.symbols.flatMap(({ decorators, name, startLine, endLine }) => {
        if (decorators.length === 0 || known.has(`${file}:${startLine}`)) return [];
        const handler = { file, startLine, endLine };
        return decorators.flatMap((comment): Route[] => {
          const [method, path, id] = textsOf(comment);
          const verb = methodOf(method ?? '');
          if (verb === null || path === undefined) return [];
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

function textsOf(comment: Expression): string[] {
  const items = comment.kind === 'list' ? comment.items : [];
  return items.flatMap((item) => (item.kind === 'string' ? [item.value] : []));
}
