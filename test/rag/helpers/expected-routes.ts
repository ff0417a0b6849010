/** What each fixture application serves, one line a route, read off its code. */
export const EXPECTED_ROUTES: Readonly<
  Record<string, { readonly routes: readonly string[]; readonly absent: string }>
> = {
  express: {
    routes: [
      'DELETE /legacy/{id} -> src/legacy.js:12-14 removeLegacy',
      'GET /api/orders/ -> src/controllers/orders.js:3-5 list',
      'GET /api/orders/{orderId} -> src/routes/orders.js:10-16 inline',
      'GET /api/users/ -> src/controllers/users.js:2-4 list',
      'GET /api/users/{id} -> src/controllers/users.js:6-8 show',
      'GET /health -> src/health.js:2-2 inline',
      'GET /legacy/{id} -> src/legacy.js:5-8 inline',
      'GET /settings -> src/app.js:11-13 inline',
      'POST /api/orders/ -> src/controllers/orders.js:7-9 create',
    ],
    absent: 'GET /api/orders/{id}/refund',
  },
  fastapi: {
    routes: [
      'GET /api/v1/admin/admin/report -> shop/admin.py:15-18 report',
      'GET /api/v1/orders/ -> shop/routes/orders.py:11-13 list_orders',
      'GET /api/v1/orders/{order_id} -> shop/routes/orders.py:27-29 read_order',
      'GET /api/v1/orders/{order_id}/items/{item_id} -> shop/routes/orders.py:32-34 read_order_item',
      'GET /health -> shop/main.py:10-12 health',
      'GET /ping -> shop/main.py:15-16 ping',
      'HEAD /ping -> shop/main.py:15-16 ping',
      'POST /api/v1/admin/admin/report -> shop/admin.py:15-18 report',
      'POST /api/v1/orders/ -> shop/routes/orders.py:16-24 create_order',
    ],
    absent: 'DELETE /orders/{order_id}',
  },
};
