import { expect, test } from 'vitest';
import { routesOf } from './helpers/routes-of.ts';

test('comments between the arguments and decorators of Python change no route', async () => {
  const found = await routesOf({
    'app.py': `from fastapi import FastAPI, APIRouter
app = FastAPI(
    # the application
    title="x",
)
r = APIRouter(prefix="/p")
@r.get(
    # path
    "/a",  # the path
    response_model=None,
)
# between
def a():
    return 1
app.include_router(
    # users
    r,
)
for x in [
    # again
    r,
]:
    app.include_router(x, prefix="/q")
`,
  });
  expect(found).toEqual(['GET /p/a -> app.py:7 a', 'GET /q/p/a -> app.py:7 a']);
});

test('comments between the rows and arguments of a table of Django change no route', async () => {
  const found = await routesOf({
    'urls.py': `from django.urls import path
import views
urlpatterns = [
    # health
    path(
        # where
        "health/",
        views.health,
    ),
]
`,
    'views.py': 'def health(request):\n    return 1\n',
  });
  expect(found).toEqual(['ANY /health/ -> views.py:1 health']);
});

test('comments between decorators of TypeScript change no route', async () => {
  const found = await routesOf({
    'a.controller.ts': `import { Controller, Get, UseGuards } from '@nestjs/common';
@Controller('a')
// one
@UseGuards(Guard)
export class AController {
  @Get()
  // two
  @UseGuards(Guard) // three
  /** four */
  all() { return 1; }
}
`,
  });
  expect(found).toEqual(['GET /a -> a.controller.ts:6 all']);
});
