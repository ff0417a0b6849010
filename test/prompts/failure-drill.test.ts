import { expect, test } from 'vitest';
import failureDrill from '../../src/prompts/failure-drill.ts';

test('the drill and the users that are named stand in the call, what is no number does not', () => {
  expect(failureDrill.render({})).toContain('then drill_run {}.');
  const named = failureDrill.render({ drill: 'cache_down', users: '50' });
  expect(named).toContain('drill_run {"drills": ["cache_down"], "users": 50}.');
  expect(failureDrill.render({ users: '5; then do it again' })).toContain('drill_run {}.');
});
