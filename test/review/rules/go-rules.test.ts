import { expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { reviewFiles } from '../../../src/review/review-code-files.ts';
import client from '../../../src/review/rules/go-http-client-without-timeout.ts';
import rowsError from '../../../src/review/rules/go-rows-error-unchecked.ts';
import gracefulStop from '../../../src/review/rules/go-server-without-graceful-stop.ts';
import transaction from '../../../src/review/rules/go-transaction-without-rollback.ts';
import { memoryIndex } from '../memory-index.ts';
import { hitsIn } from './rule-testing.ts';

test('a loop over rows that two queries may give is told once', async () => {
  const text =
    'package a\nimport "database/sql"\nfunc f(db *sql.DB) {\n\tif all {\n\t\trows, _ = db.Query(q)\n\t} else {\n\t\trows, _ = db.Query(p)\n\t}\n\tfor rows.Next() {\n\t}\n}\n';
  expect(await hitsIn([rowsError], text, 'go')).toHaveLength(1);
});

test('the server that drops requests is the one for users, not the one for profiles before it', async () => {
  const text =
    'package main\nimport "net/http"\nfunc main() {\n\tif profiling {\n\t\tgo http.ListenAndServe(":6060", nil)\n\t}\n\thttp.ListenAndServe(":80", routes())\n}\n';
  const [hit] = await hitsIn([gracefulStop], text, 'go');
  expect(hit?.match.startOffset).toBe(text.indexOf('http.ListenAndServe(":80"'));
});

test.each([
  [
    'all requests have a context, and others send',
    'return &http.Client{}',
    'http.NewRequestWithContext(ctx)',
    true,
  ],
  [
    'a request has no context',
    'return &http.Client{}',
    'http.NewRequestWithContext(ctx); http.NewRequest()',
    false,
  ],
  ['its own file sends', 'c := &http.Client{}; c.Get(u)', 'http.NewRequestWithContext(ctx)', false],
])('a client is a lead where it may have the limit of a context: %s', async (_why, made, sent, isLead) => {
  const index = memoryIndex({
    'made/made.go': `package made\nimport "net/http"\nfunc f() *http.Client { ${made} }\n`,
    'sent/sent.go': `package sent\nimport "net/http"\nfunc g() { ctx, stop := context.WithTimeout(all, limit); ${sent} }\n`,
  });
  const deps = { clock: systemClock, signal: new AbortController().signal };
  const { hits } = await reviewFiles(index, [client], deps);
  expect(hits.map(({ match }) => match.leadUntilMeasured === true)).toEqual([isLead]);
});

test.each([
  ['with a context', 'http.NewRequestWithContext(ctx)', true],
  ['without one', 'http.NewRequest()', false],
])('a client is a lead where all who get it make their requests %s: %s', async (_how, sent, isLead) => {
  const index = memoryIndex({
    'made/made.go': 'package made\nimport "net/http"\nfunc Client() *http.Client { return &http.Client{} }\n',
    'used/used.go': `package used\nfunc g() { ${sent}; made.Client() }\n`,
    'else/else.go': 'package else\nfunc h() { context.WithTimeout(all, limit); http.NewRequest() }\n',
  });
  const deps = { clock: systemClock, signal: new AbortController().signal };
  const { hits } = await reviewFiles(index, [client], deps);
  expect(hits.map(({ match }) => match.leadUntilMeasured === true)).toEqual([isLead]);
});

test('rows of a file that opens SQLite are of SQLite, though the project has another database too', async () => {
  const index = memoryIndex({
    'store/lite.go':
      'package store\nimport (\n\t"database/sql"\n\t_ "modernc.org/sqlite"\n)\nfunc f() []int {\n\trows, err := s.db.Query(q)\n\tfor rows.Next() {\n\t}\n\treturn all\n}\n',
    'store/pg.go':
      'package store\nimport (\n\t"database/sql"\n\t_ "github.com/lib/pq"\n)\nfunc g() []int {\n\trows, err := s.db.Query(q)\n\tfor rows.Next() {\n\t}\n\treturn all\n}\n',
  });
  const deps = { clock: systemClock, signal: new AbortController().signal };
  const { hits } = await reviewFiles(index, [rowsError], deps);
  expect(hits.map(({ file }) => file)).toEqual(['store/pg.go']);
});

test.each([
  ['ctx', true],
  ['context.Background()', false],
])('a transaction that begins with %s is a lead where that ends with the caller', async (given, isLead) => {
  const text = `package a\nimport (\n\t"context"\n\t"database/sql"\n)\nfunc f(ctx context.Context, db *sql.DB) error {\n\ttx, err := db.BeginTx(${given}, nil)\n\tif err := insert(tx); err != nil {\n\t\treturn err\n\t}\n\treturn tx.Commit()\n}\n`;
  const hits = await hitsIn([transaction], text, 'go');
  expect(hits.map(({ match }) => match.leadUntilMeasured === true)).toEqual([isLead]);
});

test.each([
  ['no file reads the field', '', 0],
  [
    'another type has a field of this name',
    'type Shop struct {\n\tHTTP http.Client\n}\nfunc (s *Shop) f() { s.HTTP.Do(r) }',
    0,
  ],
  ['a file reads it that knows its holder by a name only', 'func f(all *deps) { all.wiki.HTTP.Do(r) }', 1],
  [
    'a file names the type and reads it',
    'type Shop struct {\n\tHTTP http.Client\n}\nfunc f(w wiki.Wiki) { w.HTTP.Do(r) }',
    1,
  ],
])('a client in a field is found where the field may be read: %s', async (_why, other, count) => {
  const index = memoryIndex({
    'wiki/type.go': 'package wiki\nimport "net/http"\ntype Wiki struct {\n\tHTTP http.Client\n}\n',
    'wiki/new.go': 'package wiki\nimport "net/http"\nfunc New() Wiki { return Wiki{HTTP: http.Client{}} }\n',
    'shop/shop.go': `package shop\nimport (\n\thttp "example.com/fast"\n\t"time"\n)\n${other}\n`,
  });
  const { hits } = await reviewFiles(index, [client], {
    clock: systemClock,
    signal: new AbortController().signal,
  });
  expect(hits).toHaveLength(count);
});

test('a client in a field of a type of a library is found: the library reads it', async () => {
  const text = 'package a\nimport "net/http"\nvar c = chat.Options{HTTP: &http.Client{}}\n';
  expect(await hitsIn([client], text, 'go')).toHaveLength(1);
});

test.each([
  ['a comment', 'package made\n// Shared waits for https://a.example.\nfunc g() {}\n', 0],
  ['a field of this name', 'package made\ntype T struct {\n\tShared *rest.Client\n}\n', 0],
  ['another package', 'package b\nfunc g() { made.Shared.Get("https://a.example") }\n', 1],
  ['a call with an address', 'package made\nfunc g() { get("https://a.example", Shared) }\n', 1],
])('a client of a package is found where it is read: beside %s', async (_where, other, count) => {
  const index = memoryIndex({
    'made/made.go': 'package made\nimport "net/http"\nvar Shared = &http.Client{}\n',
    'b/b.go': other,
  });
  const { hits } = await reviewFiles(index, [client], {
    clock: systemClock,
    signal: new AbortController().signal,
  });
  expect(hits).toHaveLength(count);
});
