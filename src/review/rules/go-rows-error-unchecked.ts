import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type ProjectFacts, type RuleMatch } from '../rule.ts';
import { importedAs } from '../syntax/go.ts';
import { isPostgresOnly, isSqliteFile, locksReaders } from '../syntax/go-databases.ts';
import { declaredCall, enclosingGoFunction } from '../syntax/go-functions.ts';
import { insertAt } from '../syntax/insert.ts';
import { indentAt, lineBreakAt, type SourceText } from '../syntax/source-text.ts';

/** Names of transactions: with PostgreSQL what failed in one fails at its end too ("current transaction is aborted"). */
const TRANSACTION = /^(\w+\.)*(tx|txn|trx|transaction)(\.(Stmtx?|NamedStmt)(Context)?\(.*\))?$/i;

export default defineRule({
  id: 'go-rows-error-unchecked',
  languages: ['go'],
  title: 'Rows read without looking at their error (Go)',
  summary:
    'When the connection breaks while rows are read, the loop ends and half an answer passes for a whole one.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: [],
  shownBy: { unclear_error: 0.2 },
  advice: {
    libraryDefault:
      'database/sql (all versions): Next returns false both at the end and on an error; Err tells which.',
    source: 'Go docs: database/sql Rows.Next, Rows.Err; rowserrcheck',
    howItMaterializes:
      'A reset, a failover or a cancelled context in the middle of a result ends the loop as if all rows were there.',
    downstreamImpact: 'Lists come out short with status 200, and callers store or delete by them.',
    discussion: 'One check after the loop; it returns what the function returns for any other error.',
    infrastructurePattern: 'None helps: only the code knows that an answer was cut.',
    benefit: 'A broken result is an error instead of a wrong answer.',
    risks: 'Errors become visible that were silent before.',
    monitoring: 'Query errors by kind; row counts that jump during failovers.',
  },
  check({ source, project }) {
    if (importedAs(source, 'database/sql').size === 0 && !/jmoiron\/sqlx|jackc\/pgx/.test(source.text))
      return [];
    return source
      .nodes('short_var_declaration', 'assignment_statement')
      .map((declaration) => checkRows(declaration, source, project))
      .filter((match) => match !== null)
      .filter((match, at, all) => all.findIndex((one) => one.startOffset === match.startOffset) === at);
  },
  examples: {
    valid: [
      'package a\nimport "database/sql"\nfunc f(db *sql.DB) error {\n\trows, err := db.Query(q)\n\tfor rows.Next() {\n\t}\n\treturn rows.Err()\n}\n',
      'package a\nimport "database/sql"\nfunc f(db *sql.DB) error {\n\trows, err := db.Query(q)\n\treturn scanAll(rows)\n}\n',
      'package a\nimport "database/sql"\nfunc f(db *sql.DB) {\n\trows, err := db.Query(q)\n\tfor rows.Next() {\n\t}\n\tif err := rows.Err(); err != nil {\n\t}\n}\n',
      'package a\nimport "database/sql"\nfunc f(db *sql.DB) {\n\trows, _ := db.Query(q)\n\tif rows.Next() {\n\t\trows.Scan(&x)\n\t}\n}\n',
      'package a\nimport "example.com/csv"\nfunc f(db *csv.DB) {\n\trows, _ := db.Query(q)\n\tfor rows.Next() {\n\t}\n}\n',
      'package a\nimport "database/sql"\nfunc f(db *sql.DB) {\n\trows, err := db.Query(q)\n\tfor rows.Next() {\n\t}\n\tfinish(rows)\n}\n',
      'package a\nimport (\n\t"database/sql"\n\t_ "modernc.org/sqlite"\n)\nfunc f(db *sql.DB) ([]int, error) {\n\trows, err := db.Query(q)\n\tvar all []int\n\tfor rows.Next() {\n\t\tall = append(all, scan(rows))\n\t}\n\treturn all, nil\n}\n',
      'package a\nimport (\n\t"database/sql"\n\t_ "github.com/mattn/go-sqlite3"\n)\nfunc f(db *sql.DB) ([]int, error) {\n\trows, err := db.Query(q)\n\tvar all []int\n\tfor rows.Next() {\n\t\tall = append(all, scan(rows))\n\t}\n\treturn all, nil\n}\nconst dsn = "file:a.db?_journal_mode=WAL"\n',
      'package a\nimport (\n\t"database/sql"\n\t_ "github.com/lib/pq"\n)\nfunc f(db *sql.DB) ([]int, error) {\n\trows, err := c.state.Query(q)\n\tvar all []int\n\tfor rows.Next() {\n\t\tall = append(all, scan(rows))\n\t}\n\treturn all, nil\n}\nfunc open() { state, err := NewSqlite(path) }\n',
      'package a\nimport "github.com/jackc/pgx/v5"\nfunc f(ctx context.Context, tx pgx.Tx) ([]int, error) {\n\trows, err := tx.Query(ctx, q)\n\tvar all []int\n\tfor rows.Next() {\n\t\tall = append(all, scan(rows))\n\t}\n\treturn all, nil\n}\n',
      'package a\nimport (\n\t"database/sql"\n\t_ "github.com/lib/pq"\n)\nfunc f(tx *sql.Tx) ([]int, error) {\n\trows, err := tx.StmtContext(ctx, s.find).QueryContext(ctx, id)\n\tvar all []int\n\tfor rows.Next() {\n\t\tall = append(all, scan(rows))\n\t}\n\treturn all, tx.Commit()\n}\n',
    ],
    invalid: [
      {
        before:
          'package a\nimport (\n\t"database/sql"\n\t_ "github.com/lib/pq"\n)\nfunc f(db *sql.DB) ([]int, error) {\n\trows, err := s.find.QueryContext(ctx, id)\n\tvar all []int\n\tfor rows.Next() {\n\t\tall = append(all, scan(rows))\n\t}\n\treturn all, nil\n}\n',
        after: null,
      },
      {
        before:
          'package a\nimport (\n\t"database/sql"\n\t_ "github.com/go-sql-driver/mysql"\n)\nfunc f(tx *sql.Tx) ([]int, error) {\n\trows, err := tx.Query(q)\n\tvar all []int\n\tfor rows.Next() {\n\t\tall = append(all, scan(rows))\n\t}\n\treturn all, nil\n}\n',
        after: null,
      },
      {
        before:
          'package a\nimport "database/sql"\nfunc f(db *sql.DB) ([]int, error) {\n\tvar rows *sql.Rows\n\tif all {\n\t\trows, _ = db.Query(q)\n\t} else {\n\t\trows, _ = db.Query(p)\n\t}\n\tvar all []int\n\tfor rows.Next() {\n\t\tall = append(all, scan(rows))\n\t}\n\treturn all, nil\n}\n',
        after: null,
      },
      {
        before:
          'package a\nimport "database/sql"\nfunc f(db *sql.DB) error {\n\trows, err := db.Query(q)\n\tif err != nil {\n\t\treturn err\n\t}\n\tdefer rows.Close()\n\tfor rows.Next() {\n\t\trows.Scan(&x)\n\t}\n\treturn nil\n}\n',
        after:
          'package a\nimport "database/sql"\nfunc f(db *sql.DB) error {\n\trows, err := db.Query(q)\n\tif err != nil {\n\t\treturn err\n\t}\n\tdefer rows.Close()\n\tfor rows.Next() {\n\t\trows.Scan(&x)\n\t}\n\tif err := rows.Err(); err != nil {\n\t\treturn err\n\t}\n\treturn nil\n}\n',
      },
      {
        before:
          'package a\nimport "database/sql"\nfunc f(db *sql.DB) ([]int, error) {\n\tr, err := db.QueryContext(ctx, q)\n\tvar all []int\n\tfor r.Next() {\n\t\tall = append(all, scan(r))\n\t}\n\treturn all, nil\n}\n',
        after: null,
      },
      {
        before:
          'package a\nimport "github.com/jackc/pgx/v5"\nfunc f(db *pgx.Conn) ([]int, error) {\n\trows, err := db.Query(ctx, q)\n\tdefer rows.Close()\n\tvar all []int\n\tfor rows.Next() {\n\t\trows.Scan(&x)\n\t}\n\treturn all, nil\n}\n',
        after: null,
      },
      {
        before:
          'package a\nimport (\n\t"database/sql"\n\t_ "github.com/mattn/go-sqlite3"\n)\nfunc f(db *sql.DB) ([]int, error) {\n\trows, err := db.Query(q)\n\tvar all []int\n\tfor rows.Next() {\n\t\tall = append(all, scan(rows))\n\t}\n\treturn all, nil\n}\n',
        after: null,
      },
      {
        before:
          'package a\nimport (\n\t"database/sql"\n\t_ "modernc.org/sqlite"\n\t_ "github.com/lib/pq"\n)\nfunc f(db *sql.DB) ([]int, error) {\n\trows, err := db.Query(q)\n\tvar all []int\n\tfor rows.Next() {\n\t\tall = append(all, scan(rows))\n\t}\n\treturn all, nil\n}\n',
        after: null,
      },
    ],
  },
});

function checkRows(declaration: LeanNode, source: SourceText, project: ProjectFacts): RuleMatch | null {
  const declared = declaredCall(declaration);
  const around = enclosingGoFunction(declaration);
  const field = declared?.call.child('function')?.child('field')?.text ?? '';
  if (declared === null || around === null || !/^(Named)?Queryx?(Context)?$|^QueryxContext$/.test(field))
    return null;
  const { name } = declared;
  const loop = source
    .nodes('for_statement')
    .find(
      (one) =>
        one.start > declaration.end &&
        one.end <= around.end &&
        new RegExp(`^for ${name}\\.Next\\(\\)\\s*\\{`).test(one.text),
    );
  if (loop === undefined) return null;
  const after = source.text.slice(loop.end, around.end);
  // Whoever gets the rows after the loop may look at their error.
  if (new RegExp(`\\b${name}\\.Err\\(\\)|\\b${name}\\b(?!\\.)`).test(after)) return null;
  if (new RegExp(`\\b${name}\\.Err\\(\\)`).test(source.text.slice(declaration.end, loop.end))) return null;
  const operand = declared.call.child('function')?.child('operand')?.text ?? '';
  if (TRANSACTION.test(operand) && isPostgresOnly(project)) return null;
  const isFile = isSqliteFile(operand, source, project);
  if (isFile && !locksReaders(project)) return null;
  const seen = isFile
    ? 'a locked SQLite file looks like no rows'
    : 'a broken connection looks like the end of the rows';
  return {
    startOffset: loop.start,
    endOffset: loop.start + `for ${name}.Next()`.length,
    message: `\`${name}.Err()\` is not looked at after the loop: ${seen}.`,
    fix:
      around.child('result')?.text === 'error'
        ? { summary: 'Return the error that ended the loop.', edits: [checkAfter(loop, name, source)] }
        : null,
  };
}

function checkAfter(loop: LeanNode, name: string, source: SourceText) {
  const indent = indentAt(source.text, loop.start);
  const lines = ['', `if err := ${name}.Err(); err != nil {`, '\treturn err', '}'];
  return insertAt(loop.end, lines.join(`${lineBreakAt(source.text, loop.start)}${indent}`));
}
