/** What each fixture application serves, one line a route, read off its code. */
export const EXPECTED_ROUTES: Readonly<
  Record<string, { readonly routes: readonly string[]; readonly absent: string }>
> = {
  aspnet: {
    routes: [
      'DELETE /legacy/orders/{id} -> Controllers/OrdersController.cs:26-30 Remove',
      'GET /api/Orders/{id} -> Controllers/OrdersController.cs:16-20 Show',
      'POST /api/Orders/bulk -> Controllers/OrdersController.cs:22-24 CreateMany',
    ],
    absent: 'GET /api/orders/{id}/refund',
  },
  'aspnet-minimal': {
    routes: [
      'DELETE /api/items/{id} -> Handlers.cs:17-17 Remove',
      'GET /api/orders/{id} -> Program.cs:5-5 inline',
      'GET /health -> Program.cs:11-11 Health',
      'HEAD /health -> Program.cs:11-11 Health',
      'POST /api/orders -> Handlers.cs:3-6 Create',
    ],
    absent: 'PUT /api/orders/{id}',
  },
  chi: {
    routes: [
      'DELETE /api/orders/{id}/ -> orders/routes.go:28-28 Delete',
      'GET /api/orders/ -> orders/routes.go:22-24 List',
      'GET /api/orders/{id}/ -> orders/routes.go:26-26 Show',
      'GET /health -> main.go:13-15 inline',
      'PUT /api/settings/{key} -> main.go:27-27 putSetting',
    ],
    absent: 'GET /api/orders/{id}/refund',
  },
  django: {
    routes: [
      'DELETE /api/orders/{order_id}/ -> shop/orders/views.py:13-24 destroy',
      'DELETE /legacy/{key}/ -> shop/views.py:15-16 delete',
      'GET /api/orders/ -> shop/orders/views.py:16-17 list',
      'GET /api/orders/{order_id}/ -> shop/orders/views.py:19-20 retrieve',
      'GET /health/ -> shop/views.py:6-8 health',
      'GET /legacy/{key}/ -> shop/views.py:12-13 get',
      'HEAD /health/ -> shop/views.py:6-8 health',
      'POST /api/login/ -> shop/orders/views.py:8-10 login',
      'POST /api/orders/{order_id}/pay-now/ -> shop/orders/views.py:22-24 pay',
    ],
    absent: 'GET /api/orders/{id}/refund/',
  },
  echo: {
    routes: [
      'GET /api/orders/{id} -> api/handler.go:36-42 Show',
      'GET /health -> main.go:14-16 inline',
      'PATCH /api/settings -> api/handler.go:49-49 Settings',
      'POST /api/orders -> api/handler.go:44-47 Create',
      'PUT /api/settings -> api/handler.go:49-49 Settings',
    ],
    absent: 'GET /api/orders/{id}/refund',
  },
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
      'GET /api/v1/admin/admin/report -> shop/admin.py:21-24 report',
      'GET /api/v1/orders/ -> shop/routes/orders.py:11-13 list_orders',
      'GET /api/v1/orders/{order_id} -> shop/routes/orders.py:27-29 read_order',
      'GET /api/v1/orders/{order_id}/items/{item_id} -> shop/routes/orders.py:32-34 read_order_item',
      'GET /health -> shop/main.py:10-12 health',
      'GET /ping -> shop/main.py:15-16 ping',
      'HEAD /ping -> shop/main.py:15-16 ping',
      'POST /api/v1/admin/admin/report -> shop/admin.py:21-24 report',
      'POST /api/v1/orders/ -> shop/routes/orders.py:16-24 create_order',
    ],
    absent: 'DELETE /orders/{order_id}',
  },
  fastify: {
    routes: [
      'DELETE /api/orders/{id} -> src/orders.ts:11-11 inline',
      'GET /api/orders/{id} -> src/orders.ts:7-9 inline',
      'GET /api/status -> src/server.ts:8-8 inline',
      'GET /api/users/ -> src/users.ts:7-9 listUsers',
      'GET /health -> src/server.ts:18-20 health',
      'HEAD /health -> src/server.ts:18-20 health',
      'POST /api/orders/ -> src/handlers.ts:1-5 createOrder',
    ],
    absent: 'PATCH /api/orders/{id}',
  },
  flask: {
    routes: [
      'DELETE /users/{user_id} -> shop/users.py:8-9 delete',
      'GET /api/login -> shop/api.py:9-11 login',
      'GET /api/orders/{order_id} -> shop/orders.py:17-21 show',
      'GET /health -> shop/__init__.py:12-14 health',
      'GET /users/{user_id} -> shop/users.py:5-6 get',
      'POST /api/login -> shop/api.py:9-11 login',
      'POST /api/orders -> shop/orders.py:24-26 create',
    ],
    absent: 'GET /api/orders/{id}/refund',
  },
  gin: {
    routes: [
      'ANY /api/echo -> main.go:21-21 handleEcho',
      'DELETE /api/orders/{id}/items/{item} -> internal/orders/routes.go:19-19 removeItem',
      'GET /api/orders/{id} -> internal/orders/routes.go:17-17 show',
      'GET /health -> main.go:15-17 inline',
      'POST /api/orders/ -> internal/orders/routes.go:21-25 create',
    ],
    absent: 'GET /api/orders/{id}/refund',
  },
  hono: {
    routes: [
      'GET /api/orders -> src/orders.ts:9-11 inline',
      'GET /api/orders/{orderId}/items/{itemId} -> src/orders.ts:5-5 inline',
      'GET /health -> src/index.ts:7-7 inline',
      'GET /v2/ping -> src/index.ts:12-14 ping',
      'PATCH /settings/{key} -> src/index.ts:10-10 inline',
      'POST /api/orders -> src/orders.ts:12-12 inline',
      'PUT /settings/{key} -> src/index.ts:10-10 inline',
    ],
    absent: 'GET /api/orders/{id}',
  },
  jaxrs: {
    routes: [
      'DELETE /api/orders/{id} -> src/shop/OrderResource.java:12-14 remove',
      'GET /api/orders -> src/shop/OrderResource.java:7-10 list',
    ],
    absent: 'GET /api/orders/{id}/refund',
  },
  koa: {
    routes: [
      'DELETE /api/orders/{id} -> src/controller.js:11-13 remove',
      'GET /api/health -> src/app.js:11-13 inline',
      'GET /api/orders/ -> src/controller.js:2-4 list',
      'GET /v1/users/{id} -> src/users.js:5-7 inline',
      'POST /api/orders/ -> src/controller.js:5-7 create',
    ],
    absent: 'GET /api/orders/{id}',
  },
  nestjs: {
    routes: [
      'GET /api/v1/orders -> src/orders/orders.controller.ts:12-15 findAll',
      'GET /api/v1/orders/by-id/{id} -> src/orders/orders.controller.ts:17-21 findOne',
      'GET /api/v1/orders/{id} -> src/orders/orders.controller.ts:17-21 findOne',
      'POST /api/v1/orders/{id}/items -> src/orders/orders.controller.ts:23-27 addItem',
    ],
    absent: 'DELETE /api/v1/orders/{id}',
  },
  nethttp: {
    routes: [
      'ANY /legacy/ -> main.go:19-19 legacy',
      'GET /api/orders/{id} -> web/routes.go:16-18 handleShow',
      'GET /health -> main.go:13-15 inline',
      'POST /api/orders -> web/routes.go:10-14 handleCreate',
    ],
    absent: 'GET /api/orders/{id}/refund',
  },
  nextjs: {
    routes: [
      'ANY /api/users/{slug} -> pages/api/users/[...slug].ts:1-3 users',
      'DELETE /api/orders/{id} -> lib/orders.ts:5-7 handler',
      'GET /api/orders -> app/api/orders/route.ts:3-5 GET',
      'GET /health -> app/(site)/health/route.js:1-3 GET',
      'POST /api/orders -> app/api/orders/route.ts:7-9 POST',
    ],
    absent: 'GET /api/orders/{id}',
  },
  spring: {
    routes: [
      'GET /api/orders/by-id/{id} -> src/main/java/shop/api/OrderController.java:16-19 show',
      'GET /api/orders/search -> src/main/java/shop/api/OrderController.java:21-24 search',
      'GET /api/orders/{id} -> src/main/java/shop/api/OrderController.java:16-19 show',
      'POST /api/orders/search -> src/main/java/shop/api/OrderController.java:21-24 search',
      'POST /api/users -> src/main/java/shop/api/UsersApiController.java:7-10 createUser',
    ],
    absent: 'GET /api/orders/{id}/refund',
  },
  starlette: {
    routes: [
      'DELETE /users/{user_id} -> app.py:17-18 delete',
      'GET /health -> app.py:9-10 health',
      'GET /users/{user_id} -> app.py:14-15 get',
      'POST /api/orders/ -> orders.py:4-5 create_order',
    ],
    absent: 'PUT /users/{id}',
  },
};
