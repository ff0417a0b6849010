import { expect, test } from 'vitest';
import { isServiceCode } from '../../src/review/review-code-files.ts';
import circuitBreaker from '../../src/review/rules/service-without-circuit-breaker.ts';
import { runRules } from '../../src/review/run-rules.ts';

test.each([
  'apps/web/playwright/utils/helper.ts',
  'server/integrationtests/client.go',
  'libs/testing/src/service.ts',
  'apps/api/src/app/orders.controller.e2e.ts',
  'sdk/client.backup.py',
  'examples/scraper/scraper.py',
  'tools/convert.py',
  'web/src/__e2e__/api.servertest.ts',
  'web/src/features/orders.servertest.ts',
  'shop/management/commands/import_orders.py',
  'docker/wait-for-redis.py',
  'backend/alembic/env.py',
  'db/migrations/002_add_orders.py',
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
  'packages/testcontainers/src/webapp.ts',
])('%s is no code of the service', (file) => {
  expect(isServiceCode(file)).toBe(false);
});

test.each([
  'src/app.ts',
  'src/tools/search.py',
  'orders/src/examples.ts',
  'internal/testingroom/a.go',
  'src/contest.ts',
  'src/migration.service.ts',
  'src/distance/route.ts',
  'src/generator.ts',
  'src/image-gen.ts',
  'src/simulation/route.ts',
])('%s is code of the service', (file) => {
  expect(isServiceCode(file)).toBe(true);
});

const APPS =
  "import express from 'express';\nconst app = express();\nconst admin = express();\napp.use(() => fetch(url));";

test.each([
  ['src/app.ts', 1],
  ['src/routes/orders.ts', 0],
  ['src/setup.ts', 0],
])('the applications of %s are counted as %i service', async (file, services) => {
  const project = {
    declared: [],
    ofPage: false,
    versionOf: () => null,
    holds: holdsPart,
    holdsNearby: holdsPart,
    holdsTogether: () => false,
    wordsAfter: () => [],
  };
  const { hits } = await runRules({ file, language: 'typescript', text: APPS }, [circuitBreaker], project);
  expect(hits).toHaveLength(services);
});

function holdsPart(part: string): boolean {
  return APPS.includes(part);
}
