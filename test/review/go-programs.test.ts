import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { listGoToolFiles } from '../../src/review/go-programs.ts';
import { reviewFiles } from '../../src/review/review-code-files.ts';
import clientRule from '../../src/review/rules/go-http-client-without-timeout.ts';
import { memoryIndex } from './memory-index.ts';

const MODULE = { 'go.mod': 'module example.com/shop/v2\n\ngo 1.24\n' };
const SERVER = {
  'cmd/server/main.go':
    'package main\nimport (\n\t"net/http"\n\t"example.com/shop/v2/internal/orders"\n)\nfunc main() { http.ListenAndServe(":80", orders.Routes()) }\n',
  'internal/orders/orders.go': 'package orders\nimport "example.com/shop/v2/internal/tax"\n',
  'internal/tax/tax.go': 'package tax\n',
};
const UPLOADER = {
  'cmd/upload/main.go':
    'package main\nimport c "example.com/shop/v2/cmd/upload/client"\nfunc main() { c.Upload() }\n',
  'cmd/upload/client/client.go':
    'package client\nimport (\n\t"net/http"\n\t"example.com/shop/v2/internal/tax"\n)\nfunc Upload() { (&http.Client{}).Do(tax.Request()) }\n',
};

function listTools(files: Readonly<Record<string, string>>): string[] {
  const manifests = new Map(Object.entries(files).filter(([file]) => file.endsWith('go.mod')));
  return [...listGoToolFiles(new Map(Object.entries(files)), manifests)].sort();
}

test('a program that ends, and what only it imports, is none of the service', () => {
  expect(listTools({ ...MODULE, ...SERVER, ...UPLOADER })).toEqual(Object.keys(UPLOADER).sort());
});

test('what a server imports as well is of the service', () => {
  const more = {
    'internal/tax/tax.go': 'package tax\nimport "example.com/shop/v2/cmd/upload/client"\n',
  };
  expect(listTools({ ...MODULE, ...SERVER, ...UPLOADER, ...more })).toEqual(['cmd/upload/main.go']);
});

test.each([
  ['works through a queue', 'func main() { queue.Subscribe("orders", c.Upload) }'],
  ['wakes up from time to time', 'func main() { for range time.NewTicker(hour).C { c.Upload() } }'],
])('a program that %s is one of the service', (_what, main) => {
  const text = `package main\nimport c "example.com/shop/v2/cmd/upload/client"\n${main}\n`;
  expect(listTools({ ...MODULE, ...SERVER, ...UPLOADER, 'cmd/upload/main.go': text })).toEqual([]);
});

test.each([
  ['a message', 'fail("the job is scheduled on the other side")'],
  ['a comment', '// A Worker does the rest.\n'],
])('a program that only speaks in %s of what goes on is none of the service', (_where, said) => {
  const text = `package main\nimport c "example.com/shop/v2/cmd/upload/client"\nfunc main() {\n${said}\nc.Upload() }\n`;
  expect(listTools({ ...MODULE, ...SERVER, ...UPLOADER, 'cmd/upload/main.go': text })).toContain(
    'cmd/upload/client/client.go',
  );
});

test('a program that listens between two strings goes on', () => {
  const text =
    'package main\nimport c "example.com/shop/v2/cmd/upload/client"\nfunc main() { c.Upload(); log("a"); s.Serve(on, "b") }\n';
  expect(listTools({ ...MODULE, ...SERVER, ...UPLOADER, 'cmd/upload/main.go': text })).toEqual([]);
});

const COMMANDS = {
  'main.go': 'package main\nimport "example.com/shop/v2/commands"\nfunc main() { commands.Execute() }\n',
  'commands/serve.go':
    'package commands\nimport (\n\t"github.com/spf13/cobra"\n\t"example.com/shop/v2/mails"\n\t"example.com/shop/v2/web"\n)\nvar serve = &cobra.Command{RunE: func() { web.Start(mails.New()) }}\n',
  'commands/ready.go':
    'package commands\nimport (\n\t"github.com/spf13/cobra"\n\t"example.com/shop/v2/look"\n)\nvar ready = &cobra.Command{RunE: func() { look.Once() }}\n',
  'web/web.go': 'package web\nfunc Start() { http.ListenAndServe(":80", nil) }\n',
  'mails/mails.go': 'package mails\n',
  'look/look.go': 'package look\n',
};

test('what only a command imports that ends is none of the service, what the one that serves imports is', () => {
  expect(listTools({ ...MODULE, ...COMMANDS })).toEqual(['look/look.go']);
});

test('what a helper of the commands imports may be of the service', () => {
  const more = { 'commands/wire.go': 'package commands\nimport "example.com/shop/v2/look"\n' };
  expect(listTools({ ...MODULE, ...COMMANDS, ...more })).toEqual([]);
});

test('packages that no program imports, and programs beside no server, are left as they are', () => {
  expect(listTools({ ...MODULE, ...UPLOADER })).toEqual([]);
  expect(listTools({ ...MODULE, ...SERVER, 'pkg/api/api.go': 'package api\n' })).toEqual([]);
});

test('packages of a module in a folder are found by its name', () => {
  const files = {
    'tools/go.mod': 'module example.com/tools\n',
    'tools/main.go': 'package main\nimport "example.com/tools/send"\nfunc main() { send.All() }\n',
    'tools/send/send.go': 'package send\n',
  };
  expect(listTools({ ...MODULE, ...SERVER, ...files })).toEqual(['tools/main.go', 'tools/send/send.go']);
});

test.each([
  ['no server imports it', {}, 0],
  [
    'the server imports it too',
    { 'internal/tax/tax.go': 'package tax\nimport _ "example.com/shop/v2/cmd/upload/client"\n' },
    1,
  ],
])('what a command line calls with is told or not: %s', async (_when, more, hits) => {
  const deps = { clock: systemClock, signal: new AbortController().signal };
  const index = memoryIndex({ ...MODULE, ...SERVER, ...UPLOADER, ...more });
  expect((await reviewFiles(index, [clientRule], deps)).hits).toHaveLength(hits);
});
