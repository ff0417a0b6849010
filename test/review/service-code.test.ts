import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { isEndingProgram } from '../../src/review/ending-programs.ts';
import { reviewFiles } from '../../src/review/review-code-files.ts';
import circuitBreaker from '../../src/review/rules/service-without-circuit-breaker.ts';
import { pickRules, runRules } from '../../src/review/run-rules.ts';
import { isNoCode, isServiceCode, listTemplateProjects } from '../../src/review/service-code.ts';
import { memoryIndex } from './memory-index.ts';

test.each([
  'frontend/dev_server.mjs',
  'apps/web/playwright/utils/helper.ts',
  'server/integrationtests/client.go',
  'libs/testing/src/service.ts',
  'apps/api/src/app/orders.controller.e2e.ts',
  'sdk/client.backup.py',
  'examples/scraper/scraper.py',
  'tools/convert.py',
  'web/src/__e2e__/api.servertest.ts',
  'web/src/__own_mocks__/api.ts',
  'web/src/features/orders.servertest.ts',
  'shop/management/commands/import_orders.py',
  'docker/wait-for-redis.py',
  'backend/alembic/env.py',
  'db/migrations/002_add_orders.py',
  'db/elastic_migrations/add_orders.py',
  'github-actions/greet/post-comment.js',
  'test.py',
  'old/server.ts',
  'packages/db/pkg/testutils/db.go',
  'cmd/simulate-traffic/main.go',
  'internal/api/api.gen.go',
  'server/frontend_dist/workers/worker.ts',
  'sources/mongodb/spikes/read.py',
  'apps/accounts/demos/go/demo.go',
  'utils/example_api.py',
  'apps/webapp/seed.ts',
  'apps/webapp/seed-webhook-deliveries.ts',
  'libs/fc_cli/fc/login.py',
  'cli/functions/http_client.go',
  'devproject/settings.py',
  'example_project/shop/views.py',
  'packages/testcontainers/src/webapp.ts',
  'extra/release/lib.mjs',
  'acceptance/support/http.ts',
  'pkg/stripe/fake/server.go',
  'integration/testapps/health/cmd/web/web.go',
  'sdk/python/client.py',
  'integration-tests/src/main/java/Operations.java',
  'packages/app-smoke-test/server/index.ts',
  'clients/push-examples/go/index.go',
  'evaluation/core/run.py',
  'packages/agent/evals/answers.ts',
  'sandbox/try.ts',
  'packages/shop/src/bin/install/index.js',
  'bin/install.js',
  'backend/maint-scripts/toggle.py',
  'pkg/dbx/migrate.go',
  'internal/database/migrations.go',
  'installer/main.py',
  'plugins/github/token/cmd/test_refresh/main.go',
  'server/migrationdb/createIndex.js',
  'clients/new-js/src/embed.ts',
  'conf/gunicorn-dev.conf.py',
  'shop/settings_dev.py',
  'shop/settings/development.py',
  'webpack.dev.js',
  'sample_apps/orders/main.py',
  'client/python/orders.py',
  'packages/orders-sdk/src/index.ts',
  'server/migration-scripts/orders.ts',
  'web/tools/migrate/export.ts',
  'cmd/migrate/main.go',
  'demo_api/main.go',
  'demo-shop/server.ts',
  'payments-demo/app.py',
  'orders/demo_client.py',
  'api/cli_reset_password.go',
  'channels/chat/test-int/handler.js',
  'packages/integration-testsuite/src/server.ts',
  'profiles/shop/github_mock/main.py',
  'services/mock-payments/server.js',
  'fake-smtp/main.go',
  'dev-tools/proxy/main.go',
  'cmd/orders-demo-mesh/main.go',
  'cmd/orders-challtestsrv/main.go',
  'integration/orders/main.go',
  'src/loadgenerator/main.py',
  'src/load-gen/main.py',
  'orders/locustfile.py',
  'orders-poc/main.go',
  'server/bin/dev.js',
  'services/deprecated/orders.ts',
  'stress-tests/orders.js',
  'pkg/orders_cli.py',
])('%s is no code of the service', (file) => {
  expect(isServiceCode(file)).toBe(false);
});

test.each([
  'api/dev_services.py',
  'src/app.ts',
  'src/tools/search.py',
  'orders/src/examples.ts',
  'internal/testingroom/a.go',
  'src/contest.ts',
  'src/demography/route.ts',
  'src/demonstrations.py',
  'src/client.ts',
  'src/client_orders.go',
  'src/clients/orders.ts',
  'management/server/orders.go',
  'src/development.ts',
  'src/web-developer.ts',
  'src/devices.ts',
  'src/sampler/route.ts',
  'src/clients/jira/issues.ts',
  'src/emigration-tools/route.ts',
  'src/seedling.ts',
  'src/scripting/route.ts',
  'src/migration/route.ts',
  'imap_migration/views.py',
  'src/migration.go',
  'src/migration.service.ts',
  'src/distance/route.ts',
  'src/generator.ts',
  'src/image-gen.ts',
  'src/simulation/route.ts',
  'src/evaluation/route.py',
  'web/src/features/evals/route.ts',
  'evaluation/flag.go',
  'src/plugins/installer/route.ts',
  'cmd/testimonials/main.go',
  'cmd/latest/main.go',
  'src/mockingbird/route.ts',
  'src/device-tools/route.ts',
  'src/tests-internals.ts',
  'src/integration/orders.ts',
  'src/loading/generator.ts',
  'src/pocket/route.ts',
  'src/orders/dev.ts',
  'cmd/contestsrv.go',
])('%s is code of the service', (file) => {
  expect(isServiceCode(file)).toBe(true);
});

test('a whole project among templates is one that others copy', () => {
  const projects = [
    'package.json',
    'templates/orders/package.json',
    'packages/create-shop/template/go.mod',
    'starters/api/pyproject.toml',
  ];
  expect(
    listTemplateProjects([...projects, 'src/templates/mail/tsconfig.json', 'templating/package.json']),
  ).toEqual(['templates/orders/', 'packages/create-shop/template/', 'starters/api/']);
});

test.each([
  ['go', 'package cmd\nimport (\n\t"net/http"\n\t"github.com/spf13/cobra"\n)\n', true],
  [
    'go',
    'package cmd\nimport "github.com/spf13/cobra"\nfunc f() { http.ListenAndServe(":80", nil) }\n',
    false,
  ],
  ['go', 'package cmd\nimport "example.com/cobra"\n', false],
  ['go', 'package main\nfunc main() { flag.Parse(); http.Get(*url) }\n', true],
  ['go', 'package main\nfunc main() { flag.Parse(); server.New(c).Start() }\n', false],
  [
    'go',
    'package main\nfunc main() { flag.Parse(); cmd := exec.Command("scan"); cmd.Start(); send(); cmd.Wait() }\n',
    true,
  ],
  [
    'go',
    'package main\nfunc main() { flag.Parse(); cmd := exec.Command("scan"); cmd.Run(); server.Run() }\n',
    false,
  ],
  ['go', 'package tool\nfunc f() { flag.Parse(); http.Get(*url) }\n', false],
  ['python', 'import argparse\nimport requests\n', true],
  ['python', 'import click\nfrom flask import Flask\n', false],
  ['python', 'import clickhouse\n', false],
  ['python', '#! /usr/bin/env python3\nimport sys\ncount = len(sys.argv) - 1\n', true],
  ['python', '#!/usr/bin/python\nimport sys\nif "list" in sys.argv:\n    show()  # a schedule\n', true],
  ['python', 'import sys\nTESTING = "test" in sys.argv\n', false],
  ['python', '#!/usr/bin/python\nimport sys\ndef main():\n    show(sys.argv)\n', false],
  ['python', '#!/usr/bin/python\nimport sys\nif __name__ == "__main__":\n    show(sys.argv)\n', false],
  ['python', '#!/usr/bin/python\nimport sys\nif "a" in sys.argv:\n    Server().serve_forever()\n', false],
  ['typescript', "import { Command } from 'commander';\n", true],
  ['javascript', "const yargs = require('yargs');\napp.listen(80);\n", false],
  ['javascript', "import { Command } from './commander.js';\n", false],
] as const)(
  'a file of %s that begins %j is a program of the command line: %s',
  (language, text, isProgram) => {
    expect(isNoCode(text, language)).toBe(isProgram);
  },
);

test.each([
  ['typescript', 'async function main() {\n  await move();\n}\nmain();\n', true],
  ['javascript', '(async () => {\n  await move();\n  process.exit(0);\n})();\n', true],
  [
    'typescript',
    '#!/usr/bin/env node\nprocess.on("SIGINT", stop);\nconst go = async () => move();\ngo();\n',
    true,
  ],
  ['typescript', '#!/usr/bin/env node\nqueue.on("job", move);\n', false],
  ['typescript', 'export async function main() {\n  await move();\n}\nmain();\n', false],
  ['javascript', 'module.exports = move;\nif (done) process.exit(1);\n', false],
  ['javascript', 'async function main() {\n  app.listen(80);\n}\nmain();\n', false],
  ['javascript', 'async function main() {\n  await startServer();\n}\nmain();\n', false],
  ['javascript', 'async function main() {\n  setInterval(move, 1000);\n}\nmain();\n', false],
  ['javascript', 'async function main() {\n  while (await next()) await move();\n}\nmain();\n', false],
  ['javascript', 'const pool = new Pool(options);\npool.query(one);\n', false],
  ['go', 'package main\n\nfunc main() {\n\tmove(os.Getenv("DSN"))\n}\n', true],
  ['go', 'package main\n\nfunc main() {\n\tserver.Start()\n}\n', false],
  ['go', 'package main\n\nfunc main() {\n\trunAll()\n}\n', false],
  ['go', 'package main\n\nfunc main() {\n\tfor {\n\t\tmove()\n\t}\n}\n', false],
  ['go', 'package shop\n\nfunc main() {\n\tmove()\n}\n', false],
  ['python', 'def move():\n    pass\n\nif __name__ == "__main__":\n    move()\n', true],
  ['python', 'from flask import Flask\n\nif __name__ == "__main__":\n    move()\n', false],
  ['java', 'class A { public static void main(String[] args) { move(); } }\n', false],
] as const)('a program of %s that ends by itself: %j is %s', (language, text, ends) => {
  expect(isEndingProgram(text, language)).toBe(ends);
});

const APPS =
  "import express from 'express';\nconst app = express();\nconst admin = express();\napp.use(() => fetch(url));\napp.use(() => fetch(other));";

test.each([
  ['src/app.ts', 1],
  ['src/routes/orders.ts', 0],
  ['src/setup.ts', 0],
  ['server/setup-database.js', 0],
  ['generate_api_spec.ts', 0],
  ['server/simple-migration-server.js', 0],
  ['server/migrations.ts', 0],
  ['src/immigration.ts', 1],
])('the applications of %s are counted as %i service', async (file, services) => {
  const project = {
    declared: [],
    ofPage: false,
    versionOf: () => null,
    holds: holdsPart,
    holdsNearby: holdsPart,
    countNearby: (pattern: RegExp) => [...APPS.matchAll(pattern)].length,
    holdsTogether: () => false,
    wordsAfter: () => [],
    capturesOf: () => [],
  };
  const { hits } = await runRules({ file, language: 'typescript', text: APPS }, [circuitBreaker], project);
  expect(hits).toHaveLength(services);
});

function holdsPart(part: string): boolean {
  return APPS.includes(part);
}

describe('a rule that speaks of a service as a whole', () => {
  const APP = "import express from 'express';\nconst app = express();\n";

  async function placesIn(files: Readonly<Record<string, string>>): Promise<string[]> {
    const deps = { clock: systemClock, signal: new AbortController().signal };
    const { hits } = await reviewFiles(memoryIndex(files), pickRules(['service-without-metrics']), deps);
    return hits.map(({ file }) => file);
  }

  test('says it once, at the file that is called like the entry', async () => {
    const files = {
      'package.json': '{}',
      'src/admin.ts': APP,
      'src/web/server.ts': APP,
      'src/hooks.ts': APP,
    };
    expect(await placesIn(files)).toEqual(['src/web/server.ts']);
  });

  test('says it nearest to the root where no file is called so', async () => {
    expect(await placesIn({ 'src/a/b/admin.ts': APP, 'src/hooks.ts': APP })).toEqual(['src/hooks.ts']);
  });

  test('takes no call of a page for one of the service', async () => {
    const deps = { clock: systemClock, signal: new AbortController().signal };
    const rules = pickRules(['service-without-circuit-breaker']);
    const hitsOf = async (file: string, more: Readonly<Record<string, string>> = {}) => {
      const files = {
        'src/app.ts': APP,
        [file]: 'export const load = () => [fetch(url), fetch(other)];\n',
        ...more,
      };
      return (await reviewFiles(memoryIndex(files), rules, deps)).hits.length;
    };
    expect(await hitsOf('src/frontend/load.ts')).toBe(0);
    expect(await hitsOf('src/orders.ts')).toBe(1);
    const one = 'export const load = () => fetch(url);\n';
    expect(await hitsOf('src/frontend/load.ts', { 'src/a.ts': one })).toBe(0);
    expect(await hitsOf('src/frontend/load.ts', { 'src/a.ts': one, 'src/b.ts': one })).toBe(1);
    const clock = `setInterval(load, HOUR);\n${one}`;
    expect(await hitsOf('src/frontend/load.ts', { 'src/a.ts': one, 'src/b.ts': clock })).toBe(0);
  });

  test('says it for each service with a manifest of its own', async () => {
    const files = { 'orders/package.json': '{}', 'users/package.json': '{}' };
    expect(await placesIn({ ...files, 'orders/app.ts': APP, 'users/app.ts': APP })).toHaveLength(2);
  });
});
