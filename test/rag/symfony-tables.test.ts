import { expect, test } from 'vitest';
import { routesOf } from './helpers/routes-of.ts';

const CONTROLLERS = {
  'src/Controller/OrderController.php': `<?php
namespace App\\Controller;
use Symfony\\Component\\Routing\\Attribute\\Route;
#[Route('/orders')]
class OrderController {
    #[Route('/{id<\\d+>}', methods: ['GET'])]
    public function show(int $id) { return 1; }
}
`,
  'src/Legacy/BlogController.php': `<?php
namespace App\\Legacy;
class BlogController {
    public function list() { return 1; }
    public function __invoke() { return 1; }
}
`,
};

test('prefixes, controllers and tables of routes.yaml are read', async () => {
  const found = await routesOf({
    ...CONTROLLERS,
    'config/routes.yaml': `controllers:
    resource: { path: ../src/Controller/, namespace: App\\Controller }
    type: attribute
    prefix: /api
more:
    resource: routes/blog.yaml
    prefix: /site
`,
    'config/routes/blog.yaml': `blog_list:
    path: /blog/{page}
    controller: App\\Legacy\\BlogController::list
    methods: GET|POST
blog_all:
    path: /all
    controller: App\\Legacy\\BlogController
gone:
    path: /gone
    controller: App\\Legacy\\Nowhere::list
`,
  });
  expect(found).toEqual([
    'ANY /site/all -> src/Legacy/BlogController.php:5 __invoke',
    'GET /api/orders/{id} -> src/Controller/OrderController.php:6 show',
    'GET /site/blog/{page} -> src/Legacy/BlogController.php:4 list',
    'POST /site/blog/{page} -> src/Legacy/BlogController.php:4 list',
  ]);
});

test('a table that is no valid YAML leaves the attributes their routes', async () => {
  const found = await routesOf({ ...CONTROLLERS, 'config/routes.yaml': 'a: [\n' });
  expect(found).toEqual(['GET /orders/{id} -> src/Controller/OrderController.php:6 show']);
});
