import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleFix, type RuleMatch } from '../rule.ts';
import { importedAs } from '../syntax/go.ts';
import { insertAt } from '../syntax/insert.ts';
import { findAncestor, indentAt, lineBreakAt, type SourceText, walk } from '../syntax/source-text.ts';

const FUNCTIONS = ['function_declaration', 'method_declaration', 'func_literal'];
const READERS =
  '(?:(?:io|ioutil)\\.ReadAll|json\\.NewDecoder|xml\\.NewDecoder|bufio\\.New(?:Scanner|Reader))\\(|io\\.Copy\\([\\w.]+, ';

export default defineRule({
  id: 'go-result-not-closed',
  languages: ['go'],
  title: 'Response body or rows never closed (Go)',
  summary: 'A body or rows left open keep their connection, until there is none left.',
  severity: 'high',
  priority: 'critical',
  complexity: 'low',
  cost: 'low',
  packages: [],
  shownBy: { hang: 0.5, slow_beyond_fault: 0.4, slow_recovery: 0.4 },
  advice: {
    libraryDefault:
      'net/http: the caller must close the response body when finished with it; database/sql: rows hold their connection until they are closed or read to the end.',
    source: 'Go docs: package net/http (overview), database/sql Rows.Close',
    howItMaterializes:
      'Each call leaves a connection behind, at the latest when reading stops early on an error.',
    downstreamImpact:
      'Sockets or database connections run out, and calls wait for one that never comes back.',
    discussion: '`defer` right after the error check closes on every way out, panics included.',
    infrastructurePattern: 'Limits on connections show the leak earlier; they do not mend it.',
    benefit: 'Connections go back to their pool.',
    risks: 'None where the result is not used after the function has returned, as here.',
    monitoring: 'Open sockets, goroutines, sql.DBStats InUse and WaitCount.',
  },
  check({ source }) {
    const http = importedAs(source, 'net/http');
    const hasSql = importedAs(source, 'database/sql').size > 0;
    if (http.size === 0 && !hasSql) return [];
    return source
      .nodes('short_var_declaration')
      .map((declaration) => checkDeclaration(declaration, { http, hasSql }, source))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'package a\nimport "net/http"\nfunc f() error {\n\tresp, err := http.Get(u)\n\tif err != nil {\n\t\treturn err\n\t}\n\tdefer resp.Body.Close()\n\treturn nil\n}\n',
      'package a\nimport "net/http"\nfunc f() (*http.Response, error) {\n\tresp, err := http.Get(u)\n\treturn resp, err\n}\n',
      'package a\nimport "net/http"\nfunc f() {\n\tresp, _ := http.Get(u)\n\tdecode(resp.Body)\n}\n',
      'package a\nimport "net/http"\nfunc f() {\n\tresp, _ := http.Get(u)\n\tdrain(resp)\n}\n',
      'package a\nimport "database/sql"\nfunc f(db *sql.DB) {\n\trows, _ := db.Query(q)\n\tdefer rows.Close()\n\tfor rows.Next() {\n\t}\n}\n',
      'package a\nimport "database/sql"\nfunc f(db *sql.DB) {\n\trows, _ := db.Query(q)\n\tscan(rows)\n}\n',
      'package a\nimport "example.com/http"\nfunc f() {\n\tresp, _ := http.Get(u)\n\tuse(resp.Body)\n}\n',
      'package a\nimport "database/sql"\nfunc f(db *sql.DB) (keys []string, err error) {\n\trows, err := db.Query(q)\n\tif err != nil {\n\t\treturn nil, err\n\t}\n\tfor rows.Next() {\n\t\tvar key string\n\t\t_ = rows.Scan(&key)\n\t\tkeys = append(keys, key)\n\t}\n\treturn\n}\n',
      'package a\nimport (\n\t"io"\n\t"net/http"\n)\nfunc f() ([]byte, error) {\n\tresp, err := http.Get(u)\n\tif err != nil {\n\t\treturn nil, err\n\t}\n\tdata, err := io.ReadAll(resp.Body)\n\treturn data, err\n}\n',
      'package a\nimport "database/sql"\nfunc f(db *sql.DB) error {\n\ttx, err := db.BeginTx(ctx, nil)\n\tif err != nil {\n\t\treturn err\n\t}\n\tdefer tx.Rollback()\n\tstmt, err := tx.PrepareContext(ctx, q)\n\tif err != nil {\n\t\treturn err\n\t}\n\trows, err := stmt.QueryContext(ctx, id)\n\tif err != nil {\n\t\treturn err\n\t}\n\tfor rows.Next() {\n\t\tif err := rows.Scan(&x); err != nil {\n\t\t\treturn err\n\t\t}\n\t}\n\treturn rows.Err()\n}\n',
      'package main\nimport (\n\t"net/http"\n\t"os"\n)\nfunc main() {\n\tif os.Args[1] == "healthcheck" {\n\t\tresp, err := http.Get(u)\n\t\tif err != nil || resp.StatusCode != 200 {\n\t\t\tos.Exit(1)\n\t\t}\n\t\treturn\n\t}\n\tserve()\n}\n',
    ],
    invalid: [
      {
        before:
          'package main\nimport "net/http"\nfunc main() {\n\tfor range ticks {\n\t\tresp, err := http.Get(u)\n\t\tif err == nil {\n\t\t\tseen(resp.StatusCode)\n\t\t}\n\t}\n}\n',
        after: null,
      },
      {
        before:
          'package a\nimport "net/http"\nfunc f() error {\n\tresp, err := http.Get(u)\n\tif err != nil {\n\t\treturn err\n\t}\n\tuse(resp.StatusCode)\n\treturn nil\n}\n',
        after:
          'package a\nimport "net/http"\nfunc f() error {\n\tresp, err := http.Get(u)\n\tif err != nil {\n\t\treturn err\n\t}\n\tdefer resp.Body.Close()\n\tuse(resp.StatusCode)\n\treturn nil\n}\n',
      },
      {
        before:
          'package a\nimport "database/sql"\nfunc f(db *sql.DB) error {\n\trows, err := db.QueryContext(ctx, q)\n\tif err != nil {\n\t\treturn err\n\t}\n\tfor rows.Next() {\n\t\tif err := rows.Scan(&x); err != nil {\n\t\t\treturn err\n\t\t}\n\t}\n\treturn rows.Err()\n}\n',
        after:
          'package a\nimport "database/sql"\nfunc f(db *sql.DB) error {\n\trows, err := db.QueryContext(ctx, q)\n\tif err != nil {\n\t\treturn err\n\t}\n\tdefer rows.Close()\n\tfor rows.Next() {\n\t\tif err := rows.Scan(&x); err != nil {\n\t\t\treturn err\n\t\t}\n\t}\n\treturn rows.Err()\n}\n',
      },
      {
        before:
          'package a\nimport "net/http"\nfunc f() {\n\tfor {\n\t\tr, err := http.DefaultClient.Do(req)\n\t\tif err != nil {\n\t\t\treturn\n\t\t}\n\t\tjson.NewDecoder(r.Body).Decode(&x)\n\t}\n}\n',
        after: null,
      },
      {
        before:
          'package a\nimport (\n\t"io"\n\t"net/http"\n)\nfunc f() ([]byte, error) {\n\tresp, err := http.Get(u)\n\tif err != nil {\n\t\treturn nil, err\n\t}\n\tif resp.StatusCode != 200 {\n\t\treturn nil, failed\n\t}\n\tdata, err := io.ReadAll(resp.Body)\n\treturn data, err\n}\n',
        after:
          'package a\nimport (\n\t"io"\n\t"net/http"\n)\nfunc f() ([]byte, error) {\n\tresp, err := http.Get(u)\n\tif err != nil {\n\t\treturn nil, err\n\t}\n\tdefer resp.Body.Close()\n\tif resp.StatusCode != 200 {\n\t\treturn nil, failed\n\t}\n\tdata, err := io.ReadAll(resp.Body)\n\treturn data, err\n}\n',
      },
    ],
  },
});

interface Imports {
  readonly http: ReadonlySet<string>;
  readonly hasSql: boolean;
}

function checkDeclaration(declaration: LeanNode, imports: Imports, source: SourceText): RuleMatch | null {
  const [result, error, ...more] = declaration.child('left')?.children ?? [];
  const call = declaration.child('right')?.children[0];
  const around = findAncestor(declaration, ...FUNCTIONS);
  if (result?.type !== 'identifier' || error === undefined || more.length > 0) return null;
  if (call?.type !== 'call_expression' || around === null || result.text === '_') return null;
  if (isOnceInMain(declaration, around)) return null;
  const rest = source.text.slice(declaration.end, around.end);
  const closing = closingOf(call, result.text, imports, rest);
  if (closing === null || rest.includes(closing) || escapes(result.text, rest)) return null;
  if (
    closing === `${result.text}.Close` &&
    (readsToTheEnd(result.text, around) || endsWithTransaction(call, around))
  )
    return null;
  if (closing === `${result.text}.Body.Close` && readsWhole(declaration, result.text, error.text))
    return null;
  return {
    startOffset: declaration.start,
    endOffset: declaration.end,
    message: `\`${closing}()\` is never called; its connection comes back only when all is read, if at all.`,
    fix: fixOf(declaration, { closing, error: error.text, around }, source),
  };
}

/** Whether it is asked for once, as the program starts or looks after itself: `main` calls nothing over and over. */
function isOnceInMain(declaration: LeanNode, around: LeanNode): boolean {
  const isMain = around.type === 'function_declaration' && around.child('name')?.text === 'main';
  return isMain && findAncestor(declaration, 'for_statement') === null;
}

/** What closes the result; `null`: the call gives neither a response nor rows for certain. */
function closingOf(call: LeanNode, name: string, { http, hasSql }: Imports, rest: string): string | null {
  const callee = call.child('function');
  const operand = callee?.child('operand')?.text ?? '';
  const field = callee?.child('field')?.text ?? '';
  const byPackage = http.has(operand) && /^(Get|Post|PostForm|Head)$/.test(field);
  const byDefault = http.has(operand.split('.')[0] ?? '') && operand.endsWith('.DefaultClient');
  if (byPackage || byDefault) return `${name}.Body.Close`;
  const isRows = hasSql && /^Query(Context)?$/.test(field) && rest.includes(`${name}.Next()`);
  return isRows ? `${name}.Close` : null;
}

/** Whether no way leads out of the loop over the rows before the last: `Next` closes them there (database/sql docs). */
function readsToTheEnd(name: string, around: LeanNode): boolean {
  let leaves = true;
  walk(around, (node) => {
    if (node.type === 'for_statement' && node.text.startsWith(`for ${name}.Next() {`))
      leaves = /\b(return|break|goto|panic)\b/.test(node.text);
    return true;
  });
  return !leaves;
}

/**
 * Whether the rows are of a transaction, or of a statement prepared in it, that the function rolls back on every way
 * out: that closes them (database/sql, Tx.rollback cancels the context of its rows).
 */
function endsWithTransaction(call: LeanNode, around: LeanNode): boolean {
  const operand = call.child('function')?.child('operand')?.text ?? '';
  if (!/^[\w.]+$/.test(operand)) return false;
  const prepares = new RegExp(`\\b${operand}, \\w+ :?= (\\w+)\\.Prepare(Context)?\\(`);
  const prepared = prepares.exec(around.text)?.[1];
  return [operand, prepared].some(
    (name) => name !== undefined && around.text.includes(`defer ${name}.Rollback()`),
  );
}

/**
 * Whether the whole body is read on every way that has one: at its end, and when reading it fails, net/http gives the
 * connection back or ends it by itself (transport.go, bodyEOFSignal.Read). Only a `return` before would leave it open.
 */
function readsWhole(declaration: LeanNode, name: string, error: string): boolean {
  const siblings = declaration.parent?.children ?? [];
  const reads = new RegExp(
    `(?:io|ioutil)\\.(?:ReadAll\\(|Copy\\((?:io|ioutil)\\.Discard, )${name}\\.Body\\)`,
  );
  for (const sibling of siblings.slice(siblings.indexOf(declaration) + 1)) {
    const isBlock = /_statement$/.test(sibling.type) && sibling.text.includes('{');
    if (reads.test(isBlock ? sibling.text.slice(0, sibling.text.indexOf('{')) : sibling.text)) return true;
    if (sibling.text.startsWith(`if ${error} != nil {`)) continue;
    if (/\b(return|break|continue|goto|panic)\b|\bos\.Exit\(/.test(sibling.text)) return false;
  }
  return false;
}

/** Whether the result, or its body, goes where something else may close it. */
function escapes(name: string, rest: string): boolean {
  const known = rest.replace(new RegExp(`(?:${READERS})${name}\\.Body\\b`, 'g'), '');
  return new RegExp(`\\b${name}\\b(?!\\.)|\\b${name}\\.Body\\b`).test(known);
}

interface Place {
  readonly closing: string;
  readonly error: string;
  readonly around: LeanNode;
}

/** A `defer` after the check of the error, unless a loop would pile them up. */
function fixOf(declaration: LeanNode, { closing, error, around }: Place, source: SourceText): RuleFix | null {
  const loop = findAncestor(declaration, 'for_statement');
  const siblings = declaration.parent?.children ?? [];
  const next = siblings[siblings.indexOf(declaration) + 1];
  if (loop !== null && loop.start > around.start) return null;
  if (next?.type !== 'if_statement' || !next.text.startsWith(`if ${error} != nil {`)) return null;
  if (!/\b(return|panic\(|log\.Fatal)/.test(next.text)) return null;
  const lineBreak = lineBreakAt(source.text, next.start);
  const indent = indentAt(source.text, declaration.start);
  return {
    summary: `Call \`${closing}()\` on every way out.`,
    edits: [insertAt(next.end, `${lineBreak}${indent}defer ${closing}()`)],
  };
}
