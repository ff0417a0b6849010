import { expect, test } from 'vitest';
import { routesOf } from './helpers/routes-of.ts';

test('named routes of Pyramid are answered by the views that name them, below the prefixes of includes', async () => {
  const found = await routesOf({
    'shop/__init__.py': `from pyramid.config import Configurator
def main(global_config, **settings):
    config = Configurator(settings=settings)
    config.include("shop.routes", route_prefix="/api")
    config.include(add_admin, route_prefix="admin")
    config.scan()
    return config.make_wsgi_app()
def add_admin(config):
    config.add_route("jobs", "/jobs/*rest")
    config.add_view("shop.views.list_jobs", route_name="jobs", request_method=("GET", "POST"))
`,
    'shop/routes.py': `def includeme(config):
    config.add_route("order", r"/orders/{id:\\d+}")
    config.add_route("orders", pattern="/orders")
    config.add_route("users", "/users", request_method="GET")
    config.add_route("nobody", "/nobody")
`,
    'shop/views.py': `from pyramid.view import view_config, view_defaults
from shop.own import json_view
@view_config(route_name="order", request_method="GET", renderer="json")
def read_order(request):
    return {}
@view_defaults(route_name="orders", renderer="json")
class Orders:
    @view_config(request_method="POST")
    def create(self):
        return {}
    @view_config(request_method="GET")
    def list(self):
        return {}
@json_view(route_name="users")
def list_users(request):
    return []
def list_jobs(request):
    return []
`,
    'shop/own.py': 'def json_view(**settings):\n    return None\n',
  });
  expect(found).toEqual([
    'GET /admin/jobs/{rest} -> shop/views.py:17 list_jobs',
    'GET /api/orders -> shop/views.py:11 list',
    'GET /api/orders/{id} -> shop/views.py:3 read_order',
    'GET /api/users -> shop/views.py:14 list_users',
    'POST /admin/jobs/{rest} -> shop/views.py:17 list_jobs',
    'POST /api/orders -> shop/views.py:8 create',
  ]);
});

test('services and resources of Cornice are routes', async () => {
  const found = await routesOf({
    'views.py': `from cornice import Service
from cornice.resource import resource
class OwnService(Service):
    pass
health = Service(name="health", path="/health")
orders = OwnService(name="orders", path="/orders/{id}")
@health.get()
def read_health(request):
    return {}
@orders.put(permission="write")
def write_order(request):
    return {}
@resource(collection_path="/users", path="/users/{id}")
class Users:
    def collection_get(self):
        return []
    def get(self):
        return {}
    def helper(self):
        return None
`,
  });
  expect(found).toEqual([
    'GET /health -> views.py:7 read_health',
    'GET /users -> views.py:15 collection_get',
    'GET /users/{id} -> views.py:17 get',
    'PUT /orders/{id} -> views.py:10 write_order',
  ]);
});
