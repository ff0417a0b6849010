import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { reviewFiles } from '../../src/review/review-code-files.ts';
import clientRule from '../../src/review/rules/go-http-client-without-timeout.ts';
import { memoryIndex } from './memory-index.ts';

/** What the review finds beside a server in a file of commands; `made` are the fields of one command. */
async function findingsIn(made: string, type = 'cobra.Command') {
  const index = memoryIndex({
    'app/commands.go': `package app\nimport (\n\t"net/http"\n\t"github.com/spf13/cobra"\n)\nvar root = &cobra.Command{Use: "shop", RunE: func() { http.ListenAndServe(":80", nil) }}\nvar one = &${type}{${made}}\n`,
  });
  return (
    await reviewFiles(index, [clientRule], { clock: systemClock, signal: new AbortController().signal })
  ).hits;
}

test.each([
  ['is called for a check', '\n\tUse: "self-test",\n\tRunE: func() { http.Get(u) },\n'],
  ['is called for an export', 'Use: "export [file]", RunE: func() { http.Get(u) }'],
  [
    'has a comment before its name',
    '\n\t// For people.\n\tUse: "add-user",\n\tRunE: func() { http.Get(u) },\n',
  ],
])('a command that does one thing and ends is none of the service: one that %s', async (_what, made) => {
  expect(await findingsIn(made)).toEqual([]);
});

test.each([
  ['is called for what it serves', 'Use: "orders", RunE: func() { http.Get(u) }'],
  ['starts something', 'Use: "check", RunE: func() { http.Get(u); web.Start() }'],
  ['waits', 'Use: "status", RunE: func() { http.Get(u); <-done }'],
  ['begins like a word that ends', 'Use: "importer", RunE: func() { http.Get(u) }'],
])('a command that may stay is of the service: one that %s', async (_what, made) => {
  expect(await findingsIn(made)).toHaveLength(1);
});

test('what stands in another literal of a file of commands is of the service', async () => {
  expect(await findingsIn('Use: "export", RunE: func() { http.Get(u) }', 'jobs.Command')).toHaveLength(1);
});
