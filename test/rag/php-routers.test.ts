import { expect, test } from 'vitest';
import { routesOf } from './helpers/routes-of.ts';

const php = (namespace: string, name: string, ...methods: readonly string[]) =>
  ['<?php', `namespace ${namespace};`, `class ${name} extends Base {`]
    .concat(methods.map((method) => `  public function ${method}() { return 1; }`))
    .concat('}', '')
    .join('\n');

test('routes of FastRoute are found through groups, with controllers named below their namespace', async () => {
  const found = await routesOf({
    'config/routes.php': `<?php
use FastRoute\\RouteCollector;
$route->get('/', 'HomeController@index');
$route->addRoute(['GET', 'POST'], '/ping', [\\Shop\\Controllers\\HomeController::class, 'ping']);
$route->addGroup('/admin', function (RouteCollector $route): void {
    $route->get('', 'Admin\\\\NewsController@list');
    $route->addGroup('/news', function (RouteCollector $route): void {
        $route->post('[/{id:\\d+}]', 'Admin\\\\NewsController@save');
        $route->get('/nobody', 'Admin\\\\Missing@save');
    });
});
`,
    'src/Controllers/HomeController.php': php('Shop\\Controllers', 'HomeController', 'index', 'ping'),
    'src/Controllers/Api/HomeController.php': php('Shop\\Controllers\\Api', 'HomeController', 'index'),
    'src/Controllers/Admin/NewsController.php': php(
      'Shop\\Controllers\\Admin',
      'NewsController',
      'list',
      'save',
    ),
  });
  expect(found).toEqual([
    'GET / -> src/Controllers/HomeController.php:4 index',
    'GET /admin -> src/Controllers/Admin/NewsController.php:4 list',
    'GET /ping -> src/Controllers/HomeController.php:5 ping',
    'POST /admin/news -> src/Controllers/Admin/NewsController.php:5 save',
    'POST /admin/news/{id} -> src/Controllers/Admin/NewsController.php:5 save',
    'POST /ping -> src/Controllers/HomeController.php:5 ping',
  ]);
});

test('a controller that is named without its namespace is not guessed where two may be meant', async () => {
  const found = await routesOf({
    'routes.php': "<?php\nuse FastRoute\\RouteCollector;\n$r->get('/', 'HomeController@index');\n",
    'a/HomeController.php': php('Shop\\A', 'HomeController', 'index'),
    'b/HomeController.php': php('Shop\\B', 'HomeController', 'index'),
  });
  expect(found).toEqual([]);
});

test('handlers of Mezzio answer by `handle`, behind the middleware that stands before them', async () => {
  const found = await routesOf({
    'config/routes.php': `<?php
use Mezzio\\Application;
use App\\Handler\\OrderHandler;
use App\\Middleware\\Auth;
return static function (Application $app): void {
    $app->get('/orders', [Auth::class, OrderHandler::class], 'orders');
};
`,
    'src/OrderHandler.php': php('App\\Handler', 'OrderHandler', 'other', 'handle'),
    'src/Auth.php': php('App\\Middleware', 'Auth', 'process'),
  });
  expect(found).toEqual(['GET /orders -> src/OrderHandler.php:5 handle']);
});

test('routes of CodeIgniter are found with their parameters, groups, namespaces and resources', async () => {
  const found = await routesOf({
    'app/Config/Routes.php': `<?php
use CodeIgniter\\Router\\RouteCollection;
/** @var RouteCollection $routes */
$routes->get('/', 'Home::index');
$routes->get('orders/(:num)/items/([a-z]+)', 'Home::item/$1/$2');
$routes->match(['get', 'post'], 'both', [\\App\\Controllers\\Home::class, 'both']);
$routes->group('api', ['namespace' => 'App\\Controllers\\Api'], static function ($routes) {
    $routes->resource('photos', ['only' => ['index', 'show', 'update']]);
    $routes->delete('photos/all', 'Photos::clear');
});
`,
    'app/Controllers/Home.php': php('App\\Controllers', 'Home', 'index', 'item', 'both'),
    'app/Controllers/Api/Photos.php': php(
      'App\\Controllers\\Api',
      'Photos',
      'index',
      'show',
      'update',
      'clear',
    ),
  });
  expect(found).toEqual([
    'DELETE /api/photos/all -> app/Controllers/Api/Photos.php:7 clear',
    'GET / -> app/Controllers/Home.php:4 index',
    'GET /api/photos -> app/Controllers/Api/Photos.php:4 index',
    'GET /api/photos/{id} -> app/Controllers/Api/Photos.php:5 show',
    'GET /both -> app/Controllers/Home.php:6 both',
    'GET /orders/{arg}/items/{arg} -> app/Controllers/Home.php:5 item',
    'PATCH /api/photos/{id} -> app/Controllers/Api/Photos.php:6 update',
    'POST /both -> app/Controllers/Home.php:6 both',
    'PUT /api/photos/{id} -> app/Controllers/Api/Photos.php:6 update',
  ]);
});
