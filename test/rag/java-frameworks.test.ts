import { expect, test } from 'vitest';
import { indexFiles, routesOf } from './helpers/routes-of.ts';

test('routes of Javalin stand below the paths of their groups, also in methods and classes', async () => {
  const routes = await routesOf({
    'src/App.java': `package shop;

import io.javalin.Javalin;
import static io.javalin.apibuilder.ApiBuilder.*;

public class App {
  public static void main(String[] args) {
    Javalin app = Javalin.create(config -> {
      config.router.apiBuilder(() -> {
        path("api", () -> {
          path("orders", App::orders);
          path("stock", new Stock());
          crud("users/{user-id}", new Users());
        });
      });
    });
    app.get("/health", ctx -> ctx.result("ok"));
    app.post("/login", new Login(), Role.ANYONE);
    cache.get("key");
  }

  private static void orders() {
    get(Orders::list);
    get("{id}", Orders::show);
  }
}
`,
    'src/Orders.java': `package shop;

public class Orders {
  static void list(Context ctx) {}
  static void show(Context ctx) {}
}
`,
    'src/Stock.java': `package shop;

import static io.javalin.apibuilder.ApiBuilder.*;

public class Stock implements EndpointGroup {
  public void addEndpoints() {
    put("<item>", this::refill);
  }
  void refill(Context ctx) {}
}
`,
    'src/Users.java': `package shop;

public class Users implements CrudHandler {
  public void getAll(Context ctx) {}
  public void getOne(Context ctx, String id) {}
}
`,
    'src/Login.java': `package shop;

public class Login implements Handler {
  public void handle(Context ctx) {}
}
`,
  });
  expect(routes).toEqual([
    'GET /api/orders -> src/Orders.java:4 list',
    'GET /api/orders/{id} -> src/Orders.java:5 show',
    'GET /api/users -> src/Users.java:4 getAll',
    'GET /api/users/{user-id} -> src/Users.java:5 getOne',
    'GET /health -> src/App.java:17 inline',
    'POST /login -> src/Login.java:4 handle',
    'PUT /api/stock/{item} -> src/Stock.java:9 refill',
  ]);
});

test('routes of Spark are told with the paths around them', async () => {
  const routes = await routesOf({
    'src/Api.java': `package shop;

import static spark.Spark.*;

public class Api {
  void setup() {
    path("/api", () -> {
      get("", "application/json", this::index);
      delete("/orders/:id", (req, res) -> "", json);
    });
    path(base(), () -> {
      post(Paths.ITEMS, mimeType, this::index);
    });
    path(environment.path(), () -> {
      get("/unknown", this::index);
    });
    new HashMap<String, Object>() {{ put("key", value()); }};
  }
  String base() { return Paths.BASE; }
  Object value() { return null; }
  String index(Request req, Response res) { return ""; }
}

class Paths {
  static final String BASE = "/v2";
  static final String ITEMS = "/items";
}
`,
  });
  expect(routes).toEqual([
    'DELETE /api/orders/{id} -> src/Api.java:9 inline',
    'GET /api -> src/Api.java:21 index',
    'POST /v2/items -> src/Api.java:21 index',
  ]);
});

test('the last handler of a Vert.x route answers, below the path of its sub-router', async () => {
  const routes = await routesOf({
    'src/Server.java': `package shop;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

public class Server {
  void start() {
    Router main = Router.router(vertx);
    main.route().handler(BodyHandler.create());
    main.route("/api/*").subRouter(orders());
    main.get("/health").handler(this::check).handler(ctx -> ctx.end("ok"));
    main.route(HttpMethod.PUT, "/settings").handler(this::auth).blockingHandler(this::save);
  }

  Router orders() {
    Router router = Router.router(vertx);
    router.get("/orders/:id").handler(this::show);
    router.route("/orders").method(HttpMethod.POST).handler(this::create);
    return router;
  }

  void check(RoutingContext ctx) {}
  void auth(RoutingContext ctx) {}
  void save(RoutingContext ctx) {}
  void show(RoutingContext ctx) {}
  void create(RoutingContext ctx) {}
}
`,
  });
  expect(routes).toEqual([
    'GET /api/orders/{id} -> src/Server.java:26 show',
    'GET /health -> src/Server.java:12 inline',
    'POST /api/orders -> src/Server.java:27 create',
    'PUT /settings -> src/Server.java:25 save',
  ]);
});

test('operations that Vert.x takes from a document have its paths', async () => {
  const routes = await routesOf({
    'src/openapi.json': JSON.stringify({
      openapi: '3.0.0',
      paths: {
        '/orders/{id}': { get: { operationId: 'showOrder' }, delete: { operationId: 'removeOrder' } },
      },
    }),
    'src/Server.java': `package shop;

import io.vertx.ext.web.openapi.RouterBuilder;

public class Server {
  void start(RouterBuilder builder) {
    builder.operation("showOrder").handler(this::show);
    builder.getRoute("removeOrder").addHandler(this::remove);
    builder.operation("unknown").handler(this::show);
  }
  void show(RoutingContext ctx) {}
  void remove(RoutingContext ctx) {}
}
`,
  });
  expect(routes).toEqual([
    'DELETE /orders/{id} -> src/Server.java:12 remove',
    'GET /orders/{id} -> src/Server.java:11 show',
  ]);
});

test('sub-resources of JAX-RS answer below the path of the method that gives them', async () => {
  const routes = await routesOf({
    'src/JobResource.java': `package shop;

import jakarta.ws.rs.*;

@Path("/api/jobs")
public class JobResource {
  @GET
  @Path("{id}")
  public Job read(@PathParam("id") String id) { return null; }

  @Path("/runs/{run}")
  public Object runs(@PathParam("run") String run) { return new RunResource(run); }
}
`,
    'src/RunResource.java': `package shop;

import jakarta.ws.rs.*;

public class RunResource {
  @GET
  public Run read() { return null; }

  @POST
  @Path("start")
  public Run start() { return null; }
}
`,
  });
  expect(routes).toEqual([
    'GET /api/jobs/runs/{run} -> src/RunResource.java:6 read',
    'GET /api/jobs/{id} -> src/JobResource.java:7 read',
    'POST /api/jobs/runs/{run}/start -> src/RunResource.java:9 start',
  ]);
});

test('an interface that the build makes below the own package is known by its name, its version by folders', async () => {
  const documentOf = (path: string) =>
    JSON.stringify({
      openapi: '3.0.0',
      paths: { [path]: { get: { operationId: 'listOrders', tags: ['orders'] } } },
    });
  const implementer = (version: string) => `package org.shop.rest.${version};

import org.shop.api.${version}.OrdersResource;
import org.foreign.OtherResource;

public class OrdersResourceImpl implements OrdersResource {
  public void listOrders() {}
}

class Foreign implements OtherResource {
  public void listOthers() {}
}
`;
  const routes = await routesOf({
    'specs/v1/openapi.json': documentOf('/v1/orders'),
    'specs/v2/openapi.json': documentOf('/v2/orders'),
    'specs/v3/openapi.json': documentOf('/v3/orders').replace('listOrders', 'listOthers'),
    'src/rest/v1/OrdersResourceImpl.java': implementer('v1'),
    'src/rest/v2/OrdersResourceImpl.java': implementer('v2'),
  });
  expect(routes).toEqual([
    'GET /v1/orders -> src/rest/v1/OrdersResourceImpl.java:7 listOrders',
    'GET /v2/orders -> src/rest/v2/OrdersResourceImpl.java:7 listOrders',
  ]);
});

test('a method that no interface has is looked for once, however many ways lead through their bases', async () => {
  const layers = Array.from({ length: 40 }, (_, at) =>
    ['A', 'B'].map((name) => `interface ${name}${at} extends A${at + 1}, B${at + 1} {}`),
  );
  const index = await indexFiles({
    'src/Stock.java': `package shop;

import jakarta.ws.rs.*;

@Path("/stock")
public class Stock {
  A0 store;

  @GET
  public void read() { store.missing(); store.found(); }
}

interface A40 { void found(); }
interface B40 {}
${layers.flat().join('\n')}
`,
  });
  const [route] = index.routes;
  const callees = route === undefined ? [] : index.findCallees(route.handler, 2);
  expect(callees.map(({ name }) => name)).toEqual(['found']);
});
