import { expect, test } from 'vitest';
import rowsError from '../../../src/review/rules/go-rows-error-unchecked.ts';
import gracefulStop from '../../../src/review/rules/go-server-without-graceful-stop.ts';
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
