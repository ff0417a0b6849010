import type { Route } from '../../types-code.ts';
import { lastName } from '../expressions.ts';
import type { Binding } from '../facts.ts';
import { findHandler, type Handler } from '../handlers.ts';
import type { Resolver } from '../names/resolver.ts';
import { defineRouteFinder, methodOf } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';

const TABLE = /^\w+\.handlers\["([A-Z]+)"\]\["([^"]+)"\]$/;

/** go-swagger: `o.handlers["GET"]["/orders"] = orders.NewList(…, o.ListHandler)`, `api.ListHandler = ListHandlerFunc(list)`. */
export default defineRouteFinder({
  framework: 'go-swagger',
  find: (resolver) => {
    const files = resolver.program.filesOf('go');
    const entries = files.flatMap(([file, facts]) =>
      facts.bindings.flatMap((binding) => {
        const [, verb, path] = TABLE.exec(binding.name) ?? [];
        const last = binding.value?.kind === 'call' ? binding.value.args.at(-1)?.value : undefined;
        const field = last === undefined ? null : lastName(last);
        if (verb === undefined || path === undefined || field === null) return [];
        return [
          { verb, path, field, declaredAt: { file, startLine: binding.line, endLine: binding.endLine } },
        ];
      }),
    );
    if (entries.length === 0) return [];
    const fields = new Set(entries.map(({ field }) => field));
    const handlers = new Map<string, Handler>();
    for (const [file, facts] of files) {
      for (const binding of facts.bindings) {
        const field = /^\w+\.(\w+Handler)$/.exec(binding.name)?.[1] ?? '';
        const found = fields.has(field) ? handlerOf(binding, file, resolver) : null;
        if (found !== null) handlers.set(field, found);
      }
    }
    return entries.flatMap(({ verb, path, field, declaredAt }): Route[] => {
      const [method, handler] = [methodOf(verb), handlers.get(field)];
      if (method === null || handler === undefined) return [];
      const { range, name } = handler;
      const template = toTemplate(joinPaths(path), 'braces');
      return [
        {
          framework: 'go-swagger',
          method,
          path: template,
          operationId: null,
          handler: range,
          handlerName: name,
          declaredAt,
        },
      ];
    });
  },
});

/** What the application sets; the generated stub answers "not implemented" and is none. */
function handlerOf({ value, from }: Binding, file: string, resolver: Resolver): Handler | null {
  if (value?.kind !== 'call' || /(^|\/)operations\/\w+_api\.go$/.test(file)) return null;
  return findHandler(
    value.args.map((argument) => argument.value),
    value,
    { file, scope: from },
    resolver,
  );
}
