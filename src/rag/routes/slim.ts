import { toTemplate } from '../route-paths.ts';
import { definePhpRouters, variantsOf } from '../routers/php-routers.ts';

/** Slim: `$app->get('/x', Handler::class)` and groups, in an application that uses `Slim\`. */
export default definePhpRouters({
  framework: 'slim',
  library: /^Slim\\/,
  routers: /^\$(app|group|g|router|route|routes|api|proxy|this)$/,
  verbs: /^(get|post|put|patch|delete|options|any|map)$/i,
  methodsFirst: /^map$/i,
  groups: /^group$/,
  templatesOf: (path) => variantsOf(path).map((variant) => toTemplate(variant, 'braces')),
});
