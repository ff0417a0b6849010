import { expect, test } from 'vitest';
import { isPagePath } from '../../../src/review/syntax/javascript.ts';

test.each([
  ['app/composables/notifications.ts', true],
  ['service-worker/push.ts', true],
  ['src/service_worker/push.ts', true],
  ['src/service-worker.ts', false],
  ['src/services/worker/push.ts', false],
  ['src/workers/service.ts', false],
])('%s is of a page: %s', (file, isPage) => {
  expect(isPagePath(file)).toBe(isPage);
});
