import { expect, test } from 'vitest';
import { routesOf } from './helpers/routes-of.ts';

const VIEWS = `from rest_framework import viewsets
from rest_framework.decorators import action
class Shared(viewsets.GenericViewSet):
    @action(detail=False)
    def count(self, request):
        return None
class OrderViewSet(Shared):
    def list(self, request):
        return None
    @action(detail=True, methods=["post"], url_path="pay-now")
    def pay(self, request, pk=None):
        return None
    @pay.mapping.delete
    def unpay(self, request, pk=None):
        return None
class ItemViewSet(viewsets.GenericViewSet):
    def retrieve(self, request, pk=None, order_pk=None):
        return None
`;

test('further methods of an action and actions of a base class are routes of a view set', async () => {
  const found = await routesOf({
    'urls.py': `from rest_framework.routers import DefaultRouter
from django.urls import include, path
from views import OrderViewSet
router = DefaultRouter()
router.register("orders", OrderViewSet)
urlpatterns = [path("api/", include(router.urls))]
`,
    'views.py': VIEWS,
  });
  expect(found).toEqual([
    'DELETE /api/orders/{id}/pay-now/ -> views.py:13 unpay',
    'GET /api/orders/ -> views.py:8 list',
    'GET /api/orders/count/ -> views.py:4 count',
    'POST /api/orders/{id}/pay-now/ -> views.py:10 pay',
  ]);
});

test.each([
  [
    'drf-nested-routers',
    `from rest_framework_nested import routers
router = routers.SimpleRouter()
inner = routers.NestedSimpleRouter(router, "orders", lookup="order")
inner.register("items", ItemViewSet)
urlpatterns = [path("", include(router.urls)), path("", include(inner.urls))]
`,
    '/orders/{order_pk}/items/{id}/',
  ],
  [
    'drf-extensions',
    `from rest_framework_extensions.routers import ExtendedSimpleRouter
router = ExtendedSimpleRouter()
router.register("orders", Nothing).register("items", ItemViewSet, parents_query_lookups=["order"])
urlpatterns = [path("", include(router.urls))]
`,
    '/orders/{parent}/items/{id}/',
  ],
])('what is registered with a nested router of %s hangs below its parent', async (_name, text, path) => {
  const found = await routesOf({
    'urls.py': `from django.urls import include, path\nfrom views import ItemViewSet\n${text}`,
    'views.py': VIEWS,
  });
  expect(found).toEqual([`GET ${path} -> views.py:17 retrieve`]);
});

test('a router answers by what it takes over from the registry of another', async () => {
  const found = await routesOf({
    'urls.py': `from django.urls import include, path
from rest_framework.routers import DefaultRouter
from shop.urls import router as shop_router
router = DefaultRouter()
router.registry.extend(shop_router.registry)
urlpatterns = [path("api/", include(router.urls))]
`,
    'shop/__init__.py': '',
    'shop/urls.py': `from rest_framework.routers import DefaultRouter
from views import ItemViewSet
router = DefaultRouter()
router.register("items", ItemViewSet)
`,
    'views.py': VIEWS,
  });
  expect(found).toEqual(['GET /api/items/{id}/ -> views.py:17 retrieve']);
});

test('patterns that are included with a constant for their name are read, and so are prefixes with parameters', async () => {
  const found = await routesOf({
    'urls.py': `from django.urls import include, path, re_path
from rest_framework.routers import DefaultRouter
from views import ItemViewSet, count_items
NAMESPACE = "api_v2"
class OwnRouter(DefaultRouter):
    pass
router = OwnRouter()
router.register(r"shops/(?P<shop_id>[^/.]+)/items", ItemViewSet)
api = router.urls + [path("count/", count_items)]
urlpatterns = [path("api/", include((api, NAMESPACE)))]
`,
    'views.py': `${VIEWS}def count_items(request):\n    return None\n`,
  });
  expect(found).toEqual([
    'ANY /api/count/ -> views.py:19 count_items',
    'GET /api/shops/{shop_id}/items/{id}/ -> views.py:17 retrieve',
  ]);
});

test('two views that are included as a plain list are both routes', async () => {
  const found = await routesOf({
    'urls.py': `from django.urls import include, path
def first(request):
    return None
def second(request):
    return None
urlpatterns = [path("api/", include([path("first/", first), path("second/", second)]))]
`,
  });
  expect(found).toEqual(['ANY /api/first/ -> urls.py:2 first', 'ANY /api/second/ -> urls.py:4 second']);
});

test('a version that a pattern spells out is part of the path', async () => {
  const found = await routesOf({
    'urls.py': `from django.urls import include, re_path
def first(request):
    return None
urlpatterns = [re_path(r"^(?P<version>(v2))/", include([re_path(r"^first/(?P<id>\\d+)/$", first)]))]
`,
  });
  expect(found).toEqual(['ANY /v2/first/{id}/ -> urls.py:2 first']);
});

test('a view set answers the methods alone that http_method_names leaves to it', async () => {
  const found = await routesOf({
    'urls.py': `from django.urls import path
from rest_framework import viewsets
from rest_framework.routers import SimpleRouter
class Orders(viewsets.ModelViewSet):
    http_method_names = ["get", "head", "delete"]
def late(request):
    return None
router = SimpleRouter()
router.register("orders", Orders)
urlpatterns = router.urls
urlpatterns.append(path("late/", late))
urlpatterns.extend([path("later/", late)])
`,
  });
  expect(found).toEqual([
    'ANY /late/ -> urls.py:6 late',
    'ANY /later/ -> urls.py:6 late',
    'DELETE /orders/{id}/ -> urls.py:4 destroy',
    'GET /orders/ -> urls.py:4 list',
    'GET /orders/{id}/ -> urls.py:4 retrieve',
  ]);
});

test('view sets that are mapped under a name, and those that a loop registers, answer by their methods', async () => {
  const found = await routesOf({
    'urls.py': `from django.urls import path
from rest_framework import viewsets
from rest_framework.routers import DefaultRouter
class Orders(viewsets.ModelViewSet):
    def list(self, request):
        return None
class Tags(viewsets.ViewSet):
    def retrieve(self, request, pk):
        return None
order_list = Orders.as_view({"get": "list", "post": "create"})
router = DefaultRouter()
for prefix, view_set in [("tags", Tags), ("labels", Tags)]:
    router.register(prefix, view_set, basename=prefix)
urlpatterns = [path("orders/", order_list), *router.urls]
`,
  });
  expect(found).toEqual([
    'GET /labels/{id}/ -> urls.py:8 retrieve',
    'GET /orders/ -> urls.py:5 list',
    'GET /tags/{id}/ -> urls.py:8 retrieve',
    'POST /orders/ -> urls.py:4 create',
  ]);
});
