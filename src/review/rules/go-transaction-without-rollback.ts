import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { importedAs } from '../syntax/go.ts';
import { contextAt, declaredCall, enclosingGoFunction, errorCheckAfter } from '../syntax/go-functions.ts';
import { insertAt } from '../syntax/insert.ts';
import { indentAt, lineBreakAt, membersOf, type SourceText } from '../syntax/source-text.ts';

const SQLX = 'github.com/jmoiron/sqlx';

export default defineRule({
  id: 'go-transaction-without-rollback',
  languages: ['go'],
  title: 'Transaction that is not rolled back (Go)',
  summary:
    'A transaction that is left on an error keeps its connection and its locks until the server ends it.',
  severity: 'high',
  priority: 'critical',
  complexity: 'low',
  cost: 'low',
  packages: [],
  shownBy: { hang: 0.5, slow_beyond_fault: 0.3, slow_recovery: 0.5 },
  advice: {
    libraryDefault:
      'database/sql (all versions): "A transaction must end with a call to Tx.Commit or Tx.Rollback"; until then its connection does not go back to the pool. With BeginTx it is also rolled back when its context is cancelled.',
    source: 'Go docs: database/sql DB.Begin, Tx; go.dev/doc/database/execute-transactions',
    howItMaterializes:
      'A statement fails, the function returns, and the transaction stays open: one connection of the pool and its row locks are gone.',
    downstreamImpact: 'Other requests wait for the locked rows, then for a connection, then all of them.',
    discussion:
      '`defer tx.Rollback()` right after the error check covers each way out, panics included; after a Commit it does nothing (ErrTxDone).',
    infrastructurePattern:
      "PostgreSQL's idle_in_transaction_session_timeout ends forgotten transactions, after their harm was done.",
    benefit: 'Locks and connections come back on each way out.',
    risks: 'None: Rollback after Commit has no effect.',
    monitoring:
      'Sessions "idle in transaction", sql.DBStats InUse and WaitCount, age of the oldest transaction.',
  },
  check({ source }) {
    if (importedAs(source, 'database/sql').size === 0 && importedAs(source, SQLX).size === 0) return [];
    return source
      .nodes('short_var_declaration')
      .map((declaration) => checkDeclaration(declaration, source))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'package a\nimport "database/sql"\nfunc f(db *sql.DB) error {\n\ttx, err := db.Begin()\n\tif err != nil {\n\t\treturn err\n\t}\n\tdefer tx.Rollback()\n\treturn tx.Commit()\n}\n',
      'package a\nimport "database/sql"\nfunc f(db *sql.DB) (*sql.Tx, error) {\n\ttx, err := db.Begin()\n\treturn tx, err\n}\n',
      'package a\nimport "database/sql"\nfunc f(db *sql.DB) error {\n\ttx, err := db.BeginTx(ctx, nil)\n\tif err != nil {\n\t\treturn err\n\t}\n\tif _, err := tx.Exec(q); err != nil {\n\t\ttx.Rollback()\n\t\treturn err\n\t}\n\treturn tx.Commit()\n}\n',
      'package a\nimport "database/sql"\nfunc f(s *Store) error {\n\ttx, err := s.db.Begin()\n\tif err != nil {\n\t\treturn err\n\t}\n\tdefer finish(tx, &err)\n\treturn work(tx)\n}\n',
      'package a\nimport "example.com/sql"\nfunc f(db *sql.DB) error {\n\ttx, err := db.Begin()\n\treturn tx.Commit()\n}\n',
      'package a\nimport "database/sql"\nfunc f(b *Batch) error {\n\tb.tx, b.err = b.db.Begin()\n\treturn b.err\n}\n',
    ],
    invalid: [
      {
        before:
          'package a\nimport "database/sql"\nfunc f(db *sql.DB) error {\n\ttx, err := db.Begin()\n\tif err != nil {\n\t\treturn err\n\t}\n\tif _, err := tx.Exec(q); err != nil {\n\t\treturn err\n\t}\n\treturn tx.Commit()\n}\n',
        after:
          'package a\nimport "database/sql"\nfunc f(db *sql.DB) error {\n\ttx, err := db.Begin()\n\tif err != nil {\n\t\treturn err\n\t}\n\tdefer tx.Rollback()\n\tif _, err := tx.Exec(q); err != nil {\n\t\treturn err\n\t}\n\treturn tx.Commit()\n}\n',
      },
      {
        before:
          'package a\nimport "github.com/jmoiron/sqlx"\nfunc (s *Store) Save(db *sqlx.DB) error {\n\ttx, err := s.db.Beginx()\n\tif err != nil {\n\t\treturn fmt.Errorf("begin: %w", err)\n\t}\n\tif err := insert(tx, s); err != nil {\n\t\treturn err\n\t}\n\treturn tx.Commit()\n}\n',
        after:
          'package a\nimport "github.com/jmoiron/sqlx"\nfunc (s *Store) Save(db *sqlx.DB) error {\n\ttx, err := s.db.Beginx()\n\tif err != nil {\n\t\treturn fmt.Errorf("begin: %w", err)\n\t}\n\tdefer tx.Rollback()\n\tif err := insert(tx, s); err != nil {\n\t\treturn err\n\t}\n\treturn tx.Commit()\n}\n',
      },
      {
        before:
          'package a\nimport "database/sql"\nfunc f(db *sql.DB) {\n\tfor _, id := range ids {\n\t\ttx, err := db.BeginTx(ctx, nil)\n\t\tif err != nil {\n\t\t\treturn\n\t\t}\n\t\ttx.Exec(q, id)\n\t\ttx.Commit()\n\t}\n}\n',
        after: null,
      },
    ],
  },
});

function checkDeclaration(declaration: LeanNode, source: SourceText): RuleMatch | null {
  const declared = declaredCall(declaration);
  const around = enclosingGoFunction(declaration);
  const field = declared?.call.child('function')?.child('field')?.text ?? '';
  if (declared === null || around === null || !/^(Must)?Begin(x|Tx|Txx)?$/.test(field)) return null;
  const { name, error } = declared;
  const rest = source.text.slice(declaration.end, around.end);
  // Only what is committed here has to be rolled back here.
  if (!rest.includes(`${name}.Commit()`) || new RegExp(`\\b${name}\\.Rollback\\b`).test(rest)) return null;
  if (new RegExp(`\\b(defer|return)\\b[^\\n]*\\b${name}\\b(?!\\.)`).test(rest)) return null;
  const check = errorCheckAfter(declaration, error);
  const inLoop = /\bfor\b[^\n]*\{/.test(source.text.slice(around.start, declaration.start));
  const indent = indentAt(source.text, declaration.start);
  const lineBreak = lineBreakAt(source.text, declaration.start);
  return {
    startOffset: declaration.start,
    endOffset: declaration.end,
    message: `\`${name}\` is committed, but not rolled back on the other ways out.`,
    fix:
      check === null || inLoop
        ? null
        : {
            summary: `Roll \`${name}\` back on every way out before its commit.`,
            edits: [insertAt(check.end, `${lineBreak}${indent}defer ${name}.Rollback()`)],
          },
    leadUntilMeasured: endsWithCaller(declared.call, source),
  };
}

/** Whether a transaction begins with the context of the caller, whose end rolls it back: that of a request ends with it. */
function endsWithCaller(call: LeanNode, source: SourceText): boolean {
  const given = call.child('arguments');
  const context = given === null ? null : (membersOf(given)[0]?.text ?? null);
  return context !== null && context === contextAt(call, source);
}
