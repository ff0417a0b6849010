import { expect, test } from 'vitest';
import { inShellWords, showCommand } from '../../src/cli/shell-words.ts';

test('a call that is written for a model is the command that a person types', () => {
  expect(inShellWords('run_report {"view":"full"} lists them.')).toBe(
    'breakwater report --view full lists them.',
  );
  expect(inShellWords('Try code_context {"method":"GET","path":"/orders/{id}"} or code_search.')).toBe(
    "Try breakwater context --method GET --path '/orders/{id}' or breakwater search.",
  );
  expect(inShellWords('Start one with scenario_run.')).toBe('Start one with breakwater run.');
  // What only looks like a call stays as it is.
  expect(inShellWords('run_report { and my_scenario_run {"a":1}')).toBe(
    'breakwater report { and my_scenario_run {"a":1}',
  );
});

test('arguments are quoted for a shell, and what a shell has no need of is left out', () => {
  const args = { query: "it's a timeout", limit: 3, wait_seconds: 45, include_delete: false };
  expect(showCommand({ tool: 'code_search', args })).toBe(
    "breakwater search --query 'it'\\''s a timeout' --limit 3",
  );
  expect(showCommand({ tool: 'patch_propose', args: { finding_ids: ['fnd_1', 'fnd_2'] } })).toBe(
    'breakwater patch --finding-ids fnd_1 fnd_2',
  );
  expect(showCommand({ tool: 'proxy_list', args: {} })).toBeNull();
});
