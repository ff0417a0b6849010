import { expect, test } from 'vitest';
import { indexFiles, routesOf } from './helpers/routes-of.ts';

test('aiohttp answers by tables, lists, views, the router of an application and applications below it', async () => {
  const found = await routesOf({
    'app.py': `from aiohttp import web
import views
routes = web.RouteTableDef()
@routes.get("/a")
async def a(request):
    return web.Response()
@routes.view("/v")
class V(web.View):
    async def get(self):
        return None
    async def post(self):
        return None
async def b(request):
    return None
app = web.Application()
app.add_routes(routes)
app.add_routes([web.get("/b", b), web.view("/w", V)])
app.router.add_route("DELETE", "/d/{id}", views.d)
sub = web.Application()
sub.router.add_post("/e", b)
app.add_subapp("/sub", sub)
views.setup(app)
`,
    'views.py': `async def d(request):
    return None
def setup(app):
    app.router.add_put("/f", d)
`,
  });
  expect(found).toEqual([
    'DELETE /d/{id} -> views.py:1 d',
    'GET /a -> app.py:4 a',
    'GET /b -> app.py:13 b',
    'GET /v -> app.py:9 get',
    'GET /w -> app.py:9 get',
    'POST /sub/e -> app.py:13 b',
    'POST /v -> app.py:11 post',
    'POST /w -> app.py:11 post',
    'PUT /f -> views.py:1 d',
  ]);
});

test('Tornado answers by the rows of lists whose classes are request handlers', async () => {
  const index = await indexFiles({
    'app.py': `import tornado.web
from handlers import default_handlers
PAIRS = [("/not/a/route", dict)]
class Health(tornado.web.RequestHandler):
    def get(self):
        self.write("ok")
def make():
    return tornado.web.Application([(r"/health", Health)] + default_handlers)
`,
    'handlers.py': `from tornado.web import RequestHandler, url
class Base(RequestHandler):
    pass
class Orders(Base):
    async def get(self, name):
        pass
    def delete(self, name):
        pass
default_handlers = [url(r"/api/orders/([^/]+)", Orders), (r"/api/old/(?P<key>\\d+)/?", Orders)]
KEY = r"(?P<key>[^/()]+)"
rest = r"(?P<rest>(?:(?:/[^/]+)+|/?))"
more = [(r"/api/new/%s/items" % KEY, Orders), (rf"/api/files{rest}/{KEY}", Orders)]
class Acts(Base):
    def post(self, action):
        pass
acts = [(r"/acts/(?P<action>stop|start)", Acts)]
`,
  });
  const { routes } = index;
  expect(
    routes.map(({ method, path, handler }) => `${method} ${path} ${handler.file}:${handler.startLine}`),
  ).toEqual([
    'POST /acts/start handlers.py:14',
    'POST /acts/stop handlers.py:14',
    'POST /acts/{action} handlers.py:14',
    'DELETE /api/files/{rest}/{key} handlers.py:7',
    'GET /api/files/{rest}/{key} handlers.py:5',
    'DELETE /api/new/{key}/items handlers.py:7',
    'GET /api/new/{key}/items handlers.py:5',
    'DELETE /api/old/{key}/ handlers.py:7',
    'GET /api/old/{key}/ handlers.py:5',
    'DELETE /api/orders/{arg} handlers.py:7',
    'GET /api/orders/{arg} handlers.py:5',
    'GET /health app.py:5',
  ]);
  expect(index.findHandlers({ method: 'POST', path: '/api/orders/{name}', operationId: null })).toEqual([]);
});

test('Sanic answers by blueprints, groups of them, versions and class-based views', async () => {
  const found = await routesOf({
    'app.py': `from sanic import Sanic, Blueprint
from sanic.views import HTTPMethodView
app = Sanic("shop")
users = Blueprint("users", url_prefix="/users")
plain = Blueprint("plain", url_prefix="/plain", version=2)
@users.get("/<uid:int>")
async def user(request, uid):
    return None
@plain.route("/x", methods=["POST"])
async def x(request):
    return None
class Simple(HTTPMethodView):
    async def get(self, request):
        return None
app.add_route(Simple.as_view(), "/simple")
app.blueprint(Blueprint.group(users, url_prefix="/api"))
app.blueprint(plain)
`,
  });
  expect(found).toEqual([
    'GET /api/users/{uid} -> app.py:6 user',
    'GET /simple -> app.py:13 get',
    'POST /v2/plain/x -> app.py:9 x',
  ]);
});

test('Falcon answers by the responders of a resource, those of a suffix at their own path', async () => {
  const found = await routesOf({
    'app.py': `import falcon
from resources import Things
class Quote:
    def on_get(self, req, resp):
        pass
    def on_get_list(self, req, resp):
        pass
app = falcon.App()
app.add_route("/quote", Quote())
app.add_route("/quotes", Quote(), suffix="list")
things = Things()
app.add_route("/things/{id:int}", things)
`,
    'resources.py': 'class Things:\n    async def on_delete(self, req, resp, id):\n        pass\n',
  });
  expect(found).toEqual([
    'DELETE /things/{id} -> resources.py:2 on_delete',
    'GET /quote -> app.py:4 on_get',
    'GET /quotes -> app.py:6 on_get_list',
  ]);
});

test('Litestar answers by functions and controllers below their routers', async () => {
  const found = await routesOf({
    'app.py': `from litestar import Litestar, get, post, Controller, Router
class Users(Controller):
    path = "/users"
    @get()
    async def all(self) -> list[str]:
        return []
    @post(path=["/", "/new"])
    async def create(self, data: dict) -> dict:
        return data
    @get("/{user_id:uuid}", operation_id="readUser")
    async def one(self, user_id: str) -> str:
        return user_id
@get("/health")
async def health() -> str:
    return "ok"
app = Litestar(route_handlers=[health, Router(path="/api", route_handlers=[Users])])
`,
  });
  expect(found).toEqual([
    'GET /api/users -> app.py:4 all',
    'GET /api/users/{user_id} -> app.py:10 one',
    'GET /health -> app.py:13 health',
    'POST /api/users/ -> app.py:7 create',
    'POST /api/users/new -> app.py:7 create',
  ]);
});

test('Starlette answers by what is said to the application after it was made', async () => {
  const found = await routesOf({
    'app.py': `from starlette.applications import Starlette
from starlette.routing import Mount, Route, Router
async def b(request):
    return None
app = Starlette(routes=[Mount("/r", app=Router([Route("/z", b, methods=["POST"])]))])
@app.route("/a")
async def a(request):
    return None
app.add_route("/b", b, methods=["PUT"])
`,
  });
  expect(found).toEqual(['GET /a -> app.py:6 a', 'POST /r/z -> app.py:3 b', 'PUT /b -> app.py:3 b']);
});

test('decorators of the application that are given a method of a router, or a router, declare routes', async () => {
  const found = await routesOf({
    'app.py': `from fastapi import APIRouter, FastAPI
from guards import protected, route, log
router = APIRouter(prefix="/orders")
@protected(router.get, "/{id}", ["read"])
def read_order(id: int):
    return None
@protected(
    router.post,
    "",
    status_code=201,
)
def create_order():
    return None
@log(router)
def helper():
    return None
app = FastAPI()
app.include_router(router, prefix="/api")
`,
    'shop.py': `from flask import Blueprint, Flask
from guards import route
bp = Blueprint("shop", __name__, url_prefix="/shop")
@route(bp, "/items", methods=["POST"])
def create_item():
    return None
app = Flask(__name__)
app.register_blueprint(bp)
`,
    'guards.py':
      'def protected(*args):\n    return None\ndef route(bp, *args):\n    return None\ndef log(x):\n    return None\n',
  });
  expect(found).toEqual([
    'GET /api/orders/{id} -> app.py:4 read_order',
    'POST /api/orders -> app.py:7 create_order',
    'POST /shop/items -> shop.py:4 create_item',
  ]);
});

test('Flask-AppBuilder answers by what classes with a path expose; resources of aiohttp take routes', async () => {
  const found = await routesOf({
    'charts.py': `from flask_appbuilder.api import BaseApi, ModelRestApi, expose
class ChartApi(ModelRestApi):
    resource_name = "chart"
    @expose("/<int:pk>/data", methods=("POST", "PUT"))
    def data(self, pk):
        return None
class PingApi(BaseApi):
    route_base = "/ping"
    @expose("/")
    def ping(self):
        return None
class Page(BaseView):
    @expose("/list")
    def list(self):
        return None
`,
    'app.py': `from aiohttp import web
async def read(request):
    return None
app = web.Application()
resource = app.router.add_resource("/items/{id}")
resource.add_route("GET", read)
`,
  });
  expect(found).toEqual([
    'GET /items/{id} -> app.py:2 read',
    'GET /ping/ -> charts.py:9 ping',
    'POST /api/v1/chart/{pk}/data -> charts.py:4 data',
    'PUT /api/v1/chart/{pk}/data -> charts.py:4 data',
  ]);
});

test('namespaces of Flask-RESTX that a loop adds at a path answer there', async () => {
  const found = await routesOf({
    'api.py': `from flask import Blueprint
from flask_restx import Api
from orders import namespaces as orders
from users import namespaces as users
bp = Blueprint("api", __name__, url_prefix="/api")
api = Api(bp)
for group in [orders, users]:
    for item in group:
        api.add_namespace(item, "/")
`,
    'orders.py': `from flask_restx import Namespace, Resource
ns = Namespace("Orders of all kinds")
@ns.route("orders")
class Orders(Resource):
    def get(self):
        return []
namespaces = [ns]
`,
    'users.py': `from flask_restx import Namespace, Resource
ns = Namespace("Users")
@ns.route("users/<int:id>")
class User(Resource):
    def delete(self, id):
        return None
namespaces = [ns]
`,
  });
  expect(found).toEqual([
    'DELETE /api/users/{id} -> users.py:5 delete',
    'GET /api/orders -> orders.py:5 get',
  ]);
});

test('Bottle answers by functions of the library and of applications', async () => {
  const found = await routesOf({
    'app.py': `from bottle import Bottle, get, route, static_file
app = Bottle()
@route("/both", method=["GET", "POST"])
def both():
    return {}
@get("/orders/<id:int>")
def read_order(id):
    return {}
@app.post("/orders")
def create_order():
    return {}
@static_file("/x")
def other():
    return None
`,
  });
  expect(found).toEqual([
    'GET /both -> app.py:3 both',
    'GET /orders/{id} -> app.py:6 read_order',
    'POST /both -> app.py:3 both',
    'POST /orders -> app.py:9 create_order',
  ]);
});
