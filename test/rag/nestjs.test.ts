import { expect, test } from 'vitest';
import { routesOf } from './helpers/routes-of.ts';

const start = (lines: string) => `import { NestFactory } from '@nestjs/core';
import { VersioningType } from '@nestjs/common';
import { AppModule } from './app.module';
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
${lines}
}
bootstrap();
`;

test('the path of RouterModule stands before the controllers of its module only', async () => {
  const found = await routesOf({
    'src/main.ts': start("  app.setGlobalPrefix('api');"),
    'src/app.module.ts': `import { Module } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { AdminModule, MetricsModule } from './admin.module';
import { UsersController } from './users.controller';
const routes = [{ path: 'admin', module: AdminModule, children: [{ path: 'inner', module: MetricsModule }] }];
@Module({ imports: [AdminModule, RouterModule.register(routes)], controllers: [UsersController] })
export class AppModule {}
`,
    'src/admin.module.ts': `import { Controller, Get, Module } from '@nestjs/common';
@Controller('logs')
export class LogsController {
  @Get()
  all() { return 1; }
}
@Controller('metrics')
export class MetricsController {
  @Get()
  all() { return 1; }
}
@Module({ controllers: [LogsController] })
export class AdminModule {}
@Module({ controllers: [MetricsController] })
export class MetricsModule {}
`,
    'src/users.controller.ts': `import { Controller, Get } from '@nestjs/common';
@Controller('users')
export class UsersController {
  @Get()
  all() { return 1; }
}
`,
  });
  expect(found).toEqual([
    'GET /api/admin/inner/metrics -> src/admin.module.ts:9 all',
    'GET /api/admin/logs -> src/admin.module.ts:4 all',
    'GET /api/users -> src/users.controller.ts:4 all',
  ]);
});

test('versions of the URI come from the method, the controller or the application, in this order', async () => {
  const found = await routesOf({
    'src/main.ts': start("  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });"),
    'src/users.controller.ts': `import { Controller, Get, Post, Version, VERSION_NEUTRAL } from '@nestjs/common';
@Controller({ path: 'users', version: ['2', '3'] })
export class UsersController {
  @Get(':id')
  one() { return 1; }
  @Version('4')
  @Get()
  list() { return 1; }
  @Version(VERSION_NEUTRAL)
  @Post()
  make() { return 1; }
}
@Controller('plain')
export class PlainController {
  @Get()
  all() { return 1; }
}
`,
  });
  expect(found).toEqual([
    'GET /v1/plain -> src/users.controller.ts:15 all',
    'GET /v2/users/{id} -> src/users.controller.ts:4 one',
    'GET /v3/users/{id} -> src/users.controller.ts:4 one',
    'GET /v4/users -> src/users.controller.ts:6 list',
    'POST /users -> src/users.controller.ts:9 make',
  ]);
});

test('a controller answers by the methods of its base class, and not below a prefix that excludes it', async () => {
  const found = await routesOf({
    'src/main.ts': start("  app.setGlobalPrefix('api', { exclude: ['health', { path: 'open/(.*)' }] });"),
    'src/cats.controller.ts': `import { Controller, Delete, Get } from '@nestjs/common';
abstract class CrudController {
  @Get(':id')
  one() { return 1; }
  @Delete(':id')
  drop() { return 1; }
}
@Controller('cats')
export class CatsController extends CrudController {
  @Get(':id')
  one() { return 2; }
}
@Controller('health')
export class HealthController {
  @Get()
  ok() { return 1; }
}
@Controller('open')
export class OpenController {
  @Get('door')
  door() { return 1; }
}
`,
  });
  expect(found).toEqual([
    'DELETE /api/cats/{id} -> src/cats.controller.ts:5 drop',
    'GET /api/cats/{id} -> src/cats.controller.ts:10 one',
    'GET /health -> src/cats.controller.ts:15 ok',
    'GET /open/door -> src/cats.controller.ts:20 door',
  ]);
});
