import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { indexFolder } from './helpers/index-fixture.ts';

const FILES = {
  'shop/urls.py': `from django.conf import settings
from django.urls import include, path
from shop import views
from shop.core import urlpatterns as core

urlpatterns = [
    *core,
    path("orders/", views.orders),
]
if settings.DEBUG:
    urlpatterns = [
        path("debug/", views.debug),
    ] + urlpatterns
if settings.METRICS:
    urlpatterns += [path("metrics/", views.metrics)]
extra = [path("extra/", views.extra)]
extra = extra + [path("more/", views.more)]
urlpatterns += extra
`,
  'shop/core.py': `from django.urls import path
from shop import views

urlpatterns = [path("health/", views.health)]
`,
  'shop/views.py': ['orders', 'debug', 'metrics', 'extra', 'more', 'health']
    .map((name) => `def ${name}(request):\n    return None\n`)
    .join('\n'),
};

test('lists that are made from themselves are read to their end, each route once', async () => {
  const root = await makeTempFolder();
  for (const [file, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  const { routes } = await indexFolder(root);
  const paths = routes.map(({ path }) => path);
  expect(new Set(paths)).toEqual(
    new Set(['/health/', '/orders/', '/debug/', '/metrics/', '/extra/', '/more/']),
  );
  expect(paths.filter((path) => path === '/orders/')).toHaveLength(1);
});
