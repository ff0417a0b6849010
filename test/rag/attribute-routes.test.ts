import { expect, test } from 'vitest';
import { routesOf } from './helpers/routes-of.ts';

const cargo = '[package]\nname = "shop"\nversion = "0.1.0"\n';

test('dropshot endpoints of a trait are answered by the type that implements it', async () => {
  const routes = await routesOf({
    'Cargo.toml': cargo,
    'api/src/lib.rs': `#[dropshot::api_description]
pub trait ShopApi {
    #[endpoint { method = GET, path = "/orders/{id}" }]
    async fn order_view(rqctx: RequestContext<Self::Context>) -> Result<Order, HttpError>;

    #[endpoint {
        operation_id = "order_create",
        method = POST,
        path = "/orders",
        versions = ..V2
    }]
    async fn order_create_v1(rqctx: RequestContext<Self::Context>) -> Result<Order, HttpError> {
        Self::order_create(rqctx).await
    }
}
`,
    'server/src/main.rs': `enum Server {}

impl ShopApi for Server {
    async fn order_view(rqctx: RequestContext<Self::Context>) -> Result<Order, HttpError> {
        todo!()
    }
}

#[endpoint { method = PUT, path = "/ping" }]
async fn ping(rqctx: RequestContext<()>) -> Result<Pong, HttpError> {
    todo!()
}
`,
  });
  expect(routes).toEqual([
    'GET /orders/{id} -> server/src/main.rs:4 order_view',
    'POST /orders -> api/src/lib.rs:6 order_create_v1',
    'PUT /ping -> server/src/main.rs:9 ping',
  ]);
});

test('functions that utoipa or poem-openapi describe answer where no router tells more', async () => {
  const routes = await routesOf({
    'Cargo.toml': cargo,
    'src/main.rs': `use axum::{routing::get, Router};

#[utoipa::path(get, path = "/health")]
async fn health() {}

fn app() -> Router {
    Router::new().nest("/api", Router::new().route("/health", get(health)))
}

#[utoipa::path(delete, path = "/indexes/{id}", tag = "indexes")]
pub async fn delete_index(id: String) {}

struct Api;

#[OpenApi]
impl Api {
    #[oai(path = "/users/:id", method = "put")]
    async fn update_user(&self) {}
}
`,
  });
  expect(routes).toEqual([
    'DELETE /indexes/{id} -> src/main.rs:10 delete_index',
    'GET /api/health -> src/main.rs:3 health',
    'PUT /users/{id} -> src/main.rs:17 update_user',
  ]);
});

test('Rocket mounts the routes that functions put together', async () => {
  const routes = await routesOf({
    'Cargo.toml': cargo,
    'src/main.rs': `mod orders;

fn launch(base: &str) {
    rocket::build().mount([base, "/api"].concat(), all_routes()).launch();
}

fn all_routes() -> Vec<Route> {
    let mut own = routes![health];
    let mut routes = Vec::new();
    routes.append(&mut orders::routes());
    routes.append(&mut own);
    routes
}

#[get("/health")]
fn health() {}
`,
    'src/orders.rs': `pub fn routes() -> Vec<Route> {
    let mut routes = routes![list];
    routes.append(&mut routes![show]);
    routes
}

#[get("/orders")]
fn list() {}

#[get("/orders/<id>")]
fn show(id: u32) {}
`,
  });
  expect(routes).toEqual([
    'GET /api/health -> src/main.rs:15 health',
    'GET /api/orders -> src/orders.rs:7 list',
    'GET /api/orders/{id} -> src/orders.rs:10 show',
  ]);
});

test('FastEndpoints stand below their groups, also those with a base class of the application', async () => {
  const routes = await routesOf({
    'src/Groups.cs': `public sealed class Shop : Group
{
    public Shop() { Configure("shop", ep => { }); }
}

public sealed class OrdersGroup : SubGroup<Shop>
{
    public OrdersGroup() { Configure("orders", ep => ep.AllowAnonymous()); }
}

public abstract class ShopEndpoint<TRequest, TResponse> : Endpoint<TRequest, TResponse>
{
}
`,
    'src/ReadOrder.cs': `public class ReadOrder : ShopEndpoint<OrderRequest, Order>
{
    public override void Configure()
    {
        Get("{id}");
        Group<OrdersGroup>();
    }

    public override async Task HandleAsync(OrderRequest request, CancellationToken ct)
    {
        await SendAsync(new Order());
    }
}

public class Stock : Ep.NoReq.Res<Order>
{
    public override void Configure() => Get("/stock");

    public override Task HandleAsync(CancellationToken ct) => SendOkAsync(ct);
}

public class Settings : Options
{
    public void Configure() => Get("/settings");

    public Task HandleAsync() => Task.CompletedTask;
}
`,
  });
  expect(routes).toEqual([
    'GET /shop/orders/{id} -> src/ReadOrder.cs:9 HandleAsync',
    'GET /stock -> src/ReadOrder.cs:19 HandleAsync',
  ]);
});

test('routes of a Carter module stand below the path of its base', async () => {
  const routes = await routesOf({
    'src/Modules.cs': `public class OrdersModule : CarterModule
{
    public OrdersModule() : base("/orders")
    {
        this.RequireAuthorization();
    }

    public override void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapGet("/{id}", (int id) => id);
    }
}

public class HealthModule : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapGet("/health", () => "ok");
    }
}
`,
  });
  expect(routes).toEqual([
    'GET /health -> src/Modules.cs:18 inline',
    'GET /orders/{id} -> src/Modules.cs:10 inline',
  ]);
});

test('routers of Salvo hang below each other, also through functions', async () => {
  const routes = await routesOf({
    'Cargo.toml': cargo,
    'src/main.rs': `use salvo::prelude::*;

mod orders;

fn app() -> Router {
    Router::new()
        .hoop(Logger::new())
        .push(Router::with_path("api").push(orders::routes()))
        .push(Router::new().path("health").get(health))
}

#[handler]
async fn health(res: &mut Response) {}
`,
    'src/orders.rs': `use salvo::prelude::*;

pub fn routes() -> Router {
    Router::with_path("orders")
        .get(list)
        .push(Router::with_path("{id}").delete(remove))
}

#[endpoint]
async fn list() {}

#[endpoint]
async fn remove(id: PathParam<i64>) {}
`,
  });
  expect(routes).toEqual([
    'DELETE /api/orders/{id} -> src/orders.rs:12 remove',
    'GET /api/orders -> src/orders.rs:9 list',
    'GET /health -> src/main.rs:12 health',
  ]);
});

test('controllers of Loco have their prefix', async () => {
  const routes = await routesOf({
    'Cargo.toml': cargo,
    'src/notes.rs': `use loco_rs::prelude::*;
use axum::routing::{get, post};

pub fn routes() -> Routes {
    Routes::new()
        .prefix("api/notes")
        .add("/", get(list).post(add))
        .add("/{id}", get(show))
}

async fn list() -> Result<Response> { todo!() }

async fn add() -> Result<Response> { todo!() }

async fn show(Path(id): Path<i32>) -> Result<Response> { todo!() }
`,
  });
  expect(routes).toEqual([
    'GET /api/notes/ -> src/notes.rs:11 list',
    'GET /api/notes/{id} -> src/notes.rs:15 show',
    'POST /api/notes/ -> src/notes.rs:13 add',
  ]);
});
