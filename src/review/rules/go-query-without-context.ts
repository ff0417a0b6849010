import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type ProjectFacts, type RuleMatch } from '../rule.ts';
import { importedAs } from '../syntax/go.ts';
import { isSqliteFile } from '../syntax/go-databases.ts';
import { contextAt } from '../syntax/go-functions.ts';
import { insertAt, replaceNode } from '../syntax/insert.ts';
import { membersOf, type SourceText } from '../syntax/source-text.ts';

const METHODS = new Set(['Query', 'QueryRow', 'Exec', 'Prepare', 'Ping']);
/** What SQLite does in the own process, without a look at rows. */
const WITHOUT_WAIT = new Set(['Prepare', 'Ping']);
/** Names under which a database or a transaction is usually held. */
const DATABASE = /(^|\.)(db|tx|conn|database|sqldb|pg|mysql)$/i;

export default defineRule({
  id: 'go-query-without-context',
  languages: ['go'],
  title: 'Query that goes on when its request is gone (Go)',
  summary:
    'A query without the context of its request cannot be cancelled, and has no limit but what the server sets.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: [],
  shownBy: { hang: 0.6, slow_beyond_fault: 0.3, slow_recovery: 0.4 },
  advice: {
    libraryDefault:
      'database/sql (all versions): Query, QueryRow, Exec, Prepare and Ping use context.Background(), which never ends.',
    source: 'Go docs: database/sql DB.Query; go.dev/doc/database/cancel-operations',
    howItMaterializes:
      'The database slows down, callers give up, and their queries run on: the pool is full of work that nobody waits for.',
    downstreamImpact: 'A slow minute of the database becomes a queue that outlives it.',
    discussion:
      'The request has a context already; passing it on ends the query with its caller. A limit of its own (context.WithTimeout) is the next step.',
    infrastructurePattern: 'statement_timeout at the database bounds each query, whoever asks.',
    benefit: 'Work ends with the request it was for.',
    risks: 'Writes that must survive their caller need context.WithoutCancel (Go 1.21).',
    monitoring: 'sql.DBStats WaitDuration, queries cancelled, requests ended by their client.',
  },
  check({ source, project }) {
    if (
      importedAs(source, 'database/sql').size === 0 &&
      importedAs(source, 'github.com/jmoiron/sqlx').size === 0
    )
      return [];
    return source
      .nodes('call_expression')
      .map((call) => checkCall(call, source, project))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'package a\nimport (\n\t"context"\n\t"database/sql"\n)\nfunc f(ctx context.Context, db *sql.DB) { db.QueryContext(ctx, q) }\n',
      'package a\nimport "database/sql"\nfunc f(db *sql.DB) { db.Query(q) }\n',
      'package a\nimport (\n\t"database/sql"\n\t"net/http"\n)\nvar db *sql.DB\nfunc f(w http.ResponseWriter, r *http.Request) { x := r.URL.Query() }\n',
      'package a\nimport (\n\t"context"\n\t"database/sql"\n)\nfunc f(ctx context.Context, stmt *sql.Stmt) { stmt.Exec(1) }\n',
      'package a\nimport (\n\t"context"\n\t"github.com/jackc/pgx/v5"\n)\nfunc f(ctx context.Context, db *pgx.Conn) { db.Exec(ctx, q) }\n',
      'package a\nimport (\n\t"context"\n\t"database/sql"\n\t"github.com/jackc/pgx/v5"\n)\nfunc f(ctx context.Context, conn *pgx.Conn) { conn.Query(ctx, q) }\n',
      'package a\nimport (\n\t"context"\n\t"database/sql"\n)\nfunc f(ctx context.Context, conn Conn) { conn.Exec(chCtx, query) }\n',
      'package a\nimport (\n\t"context"\n\t"database/sql"\n)\nfunc (s *S) f(ctx context.Context, conn Conn) { conn.Exec(s.ctx, query) }\n',
      'package a\nimport (\n\t"context"\n\t"database/sql"\n)\nfunc f(ctx context.Context, c *conn) error {\n\treturn c.within(ctx, func(tx *transaction) error {\n\t\t_, err := tx.Exec("DELETE FROM a")\n\t\treturn err\n\t})\n}\n',
      'package a\nimport (\n\t"database/sql"\n\t"net/http"\n)\nfunc view(w http.ResponseWriter, r *http.Request) {\n\tgo func() {\n\t\tdb.Exec("UPDATE a SET views = views + 1")\n\t}()\n}\nvar db *sql.DB\n',
      'package sqlite3\nimport (\n\t"context"\n\t"database/sql"\n)\nfunc f(ctx context.Context, db *sql.DB) error {\n\ts, err := db.Prepare(q)\n\treturn use(ctx, s, err)\n}\n',
    ],
    invalid: [
      {
        before:
          'package postgres\nimport (\n\t"context"\n\t"database/sql"\n)\nfunc f(ctx context.Context, db *sql.DB) error {\n\ts, err := db.Prepare(q)\n\treturn use(ctx, s, err)\n}\n',
        after:
          'package postgres\nimport (\n\t"context"\n\t"database/sql"\n)\nfunc f(ctx context.Context, db *sql.DB) error {\n\ts, err := db.PrepareContext(ctx, q)\n\treturn use(ctx, s, err)\n}\n',
      },
      {
        before:
          'package a\nimport (\n\t"context"\n\t"database/sql"\n)\nfunc f(ctx context.Context, db *sql.DB) error {\n\t_, err := db.Exec("DELETE FROM a WHERE id = $1", id)\n\treturn err\n}\n',
        after:
          'package a\nimport (\n\t"context"\n\t"database/sql"\n)\nfunc f(ctx context.Context, db *sql.DB) error {\n\t_, err := db.ExecContext(ctx, "DELETE FROM a WHERE id = $1", id)\n\treturn err\n}\n',
      },
      {
        before:
          'package a\nimport (\n\t"database/sql"\n\t"net/http"\n)\nfunc (s *server) list(w http.ResponseWriter, r *http.Request) {\n\trows, err := s.db.Query(q)\n\tuse(rows, err)\n}\nvar _ sql.DB\n',
        after:
          'package a\nimport (\n\t"database/sql"\n\t"net/http"\n)\nfunc (s *server) list(w http.ResponseWriter, r *http.Request) {\n\trows, err := s.db.QueryContext(r.Context(), q)\n\tuse(rows, err)\n}\nvar _ sql.DB\n',
      },
      {
        before:
          'package a\nimport (\n\t"context"\n\t"database/sql"\n)\nfunc f(c context.Context, db *sql.DB) error { return db.Ping() }\n',
        after:
          'package a\nimport (\n\t"context"\n\t"database/sql"\n)\nfunc f(c context.Context, db *sql.DB) error { return db.PingContext(c) }\n',
      },
      {
        before:
          'package a\nimport (\n\t"context"\n\t"database/sql"\n\t"sync"\n)\nfunc f(ctx context.Context, db *sql.DB) {\n\tvar all sync.WaitGroup\n\tall.Add(1)\n\tgo func() {\n\t\tdefer all.Done()\n\t\tdb.Exec("DELETE FROM a")\n\t}()\n\tall.Wait()\n}\n',
        after:
          'package a\nimport (\n\t"context"\n\t"database/sql"\n\t"sync"\n)\nfunc f(ctx context.Context, db *sql.DB) {\n\tvar all sync.WaitGroup\n\tall.Add(1)\n\tgo func() {\n\t\tdefer all.Done()\n\t\tdb.ExecContext(ctx, "DELETE FROM a")\n\t}()\n\tall.Wait()\n}\n',
      },
    ],
  },
});

function checkCall(call: LeanNode, source: SourceText, project: ProjectFacts): RuleMatch | null {
  const callee = call.child('function');
  const field = callee?.child('field') ?? null;
  const list = call.child('arguments');
  if (field === null || list === null || !METHODS.has(field.text)) return null;
  if (!DATABASE.test(callee?.child('operand')?.text ?? '')) return null;
  if (WITHOUT_WAIT.has(field.text) && isSqliteFile(callee?.child('operand')?.text ?? '', source, project))
    return null;
  if (isOwnType(callee?.child('operand')?.text ?? '', call, source)) return null;
  const given = membersOf(list);
  const context = contextAt(call, source);
  if (context === null || (given.length === 0) !== (field.text === 'Ping')) return null;
  // pgx and others take the context as the first argument of the same names.
  if (
    /^(c|(\w+\.)*\w*(ctx|Ctx|context|Context)|context\.\w+\(.*\)|.*\.Context\(\))$/.test(
      given[0]?.text ?? '',
    ) ||
    given[0]?.text === context
  ) {
    return null;
  }
  const first = given.length === 0 ? context : `${context}, `;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: `\`${callee?.text ?? ''}\` does not get \`${context}\`, so it goes on when the request has ended.`,
    fix: {
      summary: 'End the query with its request.',
      edits: [replaceNode(field, `${field.text}Context`), insertAt(list.start + 1, first)],
    },
    ofOneCall: true,
  };
}

/** Whether the nearest parameter of this name before the call is of a type that is none of the library's. */
function isOwnType(operand: string, call: LeanNode, source: SourceText): boolean {
  if (!/^\w+$/.test(operand)) return false;
  const before = source.text.slice(0, call.start);
  const type = [...before.matchAll(new RegExp(`[(,]\\s*${operand}\\s+\\*?([\\w.]+)\\s*[,)]`, 'g'))].at(
    -1,
  )?.[1];
  return type !== undefined && !/^sqlx?\./.test(type);
}
