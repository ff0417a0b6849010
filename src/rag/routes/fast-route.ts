import { toTemplate } from '../route-paths.ts';
import { definePhpRouters, variantsOf } from '../routers/php-routers.ts';

/** FastRoute and what is built on it, League's Route and Mezzio: `$r->addRoute('GET', '/x', $handler)`, `$r->addGroup`. */
export default definePhpRouters({
  framework: 'fast-route',
  library: /^(FastRoute|League\\Route|Mezzio)\\/,
  routers: /^\$(r|app|group|router|route|routes|collector|routeCollector|this)$/,
  verbs: /^(get|post|put|patch|delete|head|options|any|map|addRoute)$/i,
  methodsFirst: /^(map|addRoute)$/i,
  groups: /^(group|addGroup)$/,
  templatesOf: (path) => variantsOf(path).map((variant) => toTemplate(variant, 'braces')),
});
