import { expect, test } from 'vitest';
import { indexFiles } from './helpers/routes-of.ts';

test('the name of a route, with those of its groups, is the id of its operation', async () => {
  const index = await indexFiles({
    'composer.json': '{"require": {"laravel/framework": "^11"}}',
    'routes/api.php': `<?php
use App\\Http\\Controllers\\OrderController;
Route::prefix('v1')->name('v1.')->group(function () {
    Route::name('orders.')->group(function () {
        Route::get('/orders/{order}/lines', [OrderController::class, 'lines'])->name('lines');
    });
    Route::apiResource('orders', OrderController::class)->only(['index']);
    Route::get('/plain', [OrderController::class, 'plain']);
});
`,
    'app/Http/Controllers/OrderController.php': `<?php
namespace App\\Http\\Controllers;
class OrderController {
    public function index() { return 1; }
    public function lines($order) { return 1; }
    public function plain() { return 1; }
}
`,
  });
  expect(index.routes.map(({ path, operationId }) => `${path} ${operationId}`)).toEqual([
    '/api/v1/orders v1.orders.index',
    '/api/v1/orders/{order}/lines v1.orders.lines',
    '/api/v1/plain null',
  ]);
  // The document is older than the code: the path is another, the id is not.
  const [best] = index.findHandlers({
    method: 'GET',
    path: '/v1/order/{order}/lines',
    operationId: 'v1.orders.lines',
  });
  expect(best?.route.handlerName).toBe('lines');
});
