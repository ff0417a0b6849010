import { positional } from '../expressions.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';
import { openMethodRouter } from '../routers/rust-method-routers.ts';

/** poem: `Route::new().at("/orders/:id", get(show)).nest("/api", routes())`. */
export default defineRouterFramework({
  framework: 'poem',
  family: 'rust',
  syntax: 'colon-or-braces',
  constructors: /^poem(\.\w+)*\.Route\.(new|default)$/,
  types: /^poem(\.\w+)*\.Route$/,
  openTable: openMethodRouter,
  read(call, name) {
    if (/^(with|with_if|data|around|before|after|catch_error|inspect_err)$/.test(name))
      return { does: 'chain' };
    const [path, second] = positional(call);
    if (path === undefined || second === undefined) return null;
    if (name === 'nest' || name === 'nest_no_strip')
      return { does: 'mount', prefix: path, children: [second] };
    return name === 'at' ? { does: 'route', methods: [], path, handlers: [], table: second } : null;
  },
});
