import { expect, test } from 'vitest';
import { isTool, listCommandParts } from '../../src/review/command-packages.ts';

const ROOT = 'package cmd\n\nimport "github.com/spf13/cobra"\n';
const ASK = 'package cmd\n\nfunc ask() {\n\thttp.Get(at)\n}\n';

test.each([
  ['a library of commands stands beside it', { 'cmd/root.go': ROOT }, ['cmd/ask.go', 'cmd/root.go']],
  ['no library of commands stands beside it', { 'cmd/root.go': 'package cmd\n' }, []],
  ['the library stands in another folder', { 'cli/root.go': ROOT }, ['cli/root.go']],
  [
    'a file beside it answers requests',
    { 'cmd/root.go': ROOT, 'cmd/list.go': 'package cmd\n\nfunc list(w http.ResponseWriter) {}\n' },
    [],
  ],
  [
    'a file beside it starts a server',
    { 'cmd/root.go': ROOT, 'cmd/serve.go': 'package cmd\n\nvar s = http.Server{}\n' },
    ['cmd/ask.go', 'cmd/root.go'],
  ],
  ['the folder holds a program', { 'cmd/root.go': ROOT, 'cmd/main.go': 'package main\n' }, []],
])('a file of Go is a part of a command where %s', (_when, beside, parts) => {
  const texts = new Map(Object.entries({ 'cmd/ask.go': ASK, ...beside }));
  expect([...listCommandParts(texts)].sort()).toEqual(parts);
});

const MOVE = 'async function main() {\n  await move();\n}\nmain();\n';

test.each([
  ['src/tools/move-orders.ts', MOVE, true],
  [
    'src/tools/move-orders.ts',
    'async function main() {\n  for await (const one of all) await move(one);\n}\nmain();\n',
    true,
  ],
  ['src/orders/move.ts', MOVE, false],
  ['src/tools/move-orders.ts', 'export async function move() {}\n', false],
  ['src/tools/serve.ts', 'async function main() {\n  app.listen(80);\n}\nmain();\n', false],
])('%s that says %j is a tool: %s', (file, text, is) => {
  expect(isTool(file, text, 'typescript')).toBe(is);
});
