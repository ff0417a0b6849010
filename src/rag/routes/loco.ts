import { positional } from '../expressions.ts';
import { defineRouterFramework } from '../routers/router-routes.ts';
import { openMethodRouter } from '../routers/rust-method-routers.ts';

/** Loco: `Routes::new().prefix("api/orders").add("/{id}", get(show))` of a controller. */
export default defineRouterFramework({
  framework: 'loco',
  family: 'rust',
  syntax: 'colon-or-braces',
  constructors: /^loco_rs(\.\w+)*\.Routes\.(new|at)$/,
  types: /^loco_rs(\.\w+)*\.Routes$/,
  module: 'loco_rs',
  made: (call) => ({ prefix: positional(call)[0] ?? null, tags: null }),
  openTable: openMethodRouter,
  read(call, name) {
    const [first, second] = positional(call);
    if (name === 'layer') return { does: 'chain' };
    if (first === undefined) return null;
    if (name === 'prefix') return { does: 'prefix', prefix: first };
    if (name !== 'add' || second === undefined) return null;
    return { does: 'route', methods: [], path: first, handlers: [], table: second };
  },
});
