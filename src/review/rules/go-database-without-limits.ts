import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { importedAs } from '../syntax/go.ts';
import { enclosingGoFunction } from '../syntax/go-functions.ts';
import { findAncestor } from '../syntax/source-text.ts';

export default defineRule({
  id: 'go-database-without-limits',
  languages: ['go'],
  title: 'Database pool without a limit (Go)',
  summary: 'The pool opens a connection for each query that finds none free, just when the database is slow.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: [],
  shownBy: { slow_beyond_fault: 0.3, unclear_error: 0.3, slow_recovery: 0.3 },
  advice: {
    libraryDefault:
      'database/sql (all versions): SetMaxOpenConns 0, which is no limit; SetConnMaxLifetime 0, for ever; 2 idle connections are kept.',
    source: 'go.dev/doc/database/manage-connections; Go docs: database/sql DB.SetMaxOpenConns',
    howItMaterializes:
      'Queries slow down, so more run at a time, so more connections are opened, until the database refuses new ones ("too many clients").',
    downstreamImpact: 'Every other service of that database is refused too.',
    discussion:
      'A limit turns overload into waiting that a context can end. Size it from max_connections divided by replicas; a lifetime lets connections move after a failover.',
    infrastructurePattern:
      'PgBouncer or RDS Proxy in front of the database holds the limit for all replicas.',
    benefit: 'The database is not asked for more than it can bear.',
    risks: 'Too small a limit makes requests wait: watch WaitCount.',
    monitoring: 'sql.DBStats OpenConnections, WaitCount, WaitDuration.',
  },
  check({ source, project }) {
    const packages = importedAs(source, 'database/sql');
    if (packages.size === 0 || project.holds('SetMaxOpenConns')) return [];
    return source
      .nodes('call_expression')
      .map((call) => checkOpen(call, packages))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'package a\nimport "database/sql"\nfunc f() { db, _ := sql.Open("pgx", dsn); db.SetMaxOpenConns(20) }\n',
      'package a\nimport "database/sql"\nfunc f() { db, _ := sql.Open("sqlite3", "file.db") }\n',
      'package a\nimport "database/sql"\nfunc f() { db, _ := sql.Open("sqlite", path) }\n',
      'package a\nimport "database/sql"\nfunc create(dsn string) error {\n\tdb, err := sql.Open("postgres", dsn)\n\tif err != nil {\n\t\treturn err\n\t}\n\tdefer db.Close()\n\t_, err = db.Exec("CREATE DATABASE a")\n\treturn err\n}\n',
      'package a\nimport "database/sql"\nfunc create(dsn string) error {\n\tconn, err := sql.Open("postgres", dsn)\n\tif err != nil {\n\t\treturn err\n\t}\n\t_, err = conn.Exec("create database a")\n\treturn err\n}\n',
      'package a\nimport "example.com/sql"\nfunc f() { sql.Open("postgres", dsn) }\n',
      'package a\nimport "database/sql"\nfunc f(db *sql.DB) { db.Ping() }\n',
    ],
    invalid: [
      {
        before:
          'package a\nimport "database/sql"\nfunc f() { db, err := sql.Open("postgres", dsn); use(db, err) }\n',
        after: null,
      },
      {
        before: 'package a\nimport "database/sql"\nvar db, err = sql.Open("mysql", os.Getenv("DSN"))\n',
        after: null,
      },
      {
        before:
          'package a\nimport "database/sql"\nfunc f(c driver.Connector) *sql.DB {\n\treturn sql.OpenDB(c)\n}\n',
        after: null,
      },
    ],
  },
});

function checkOpen(call: LeanNode, packages: ReadonlySet<string>): RuleMatch | null {
  const callee = call.child('function');
  if (!packages.has(callee?.child('operand')?.text ?? '')) return null;
  if (!/^Open(DB)?$/.test(callee?.child('field')?.text ?? '')) return null;
  if (/sqlite|duckdb|sqlmock|:memory:/i.test(call.child('arguments')?.text ?? '')) return null;
  if (isClosedHere(call)) return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: 'This pool has no `SetMaxOpenConns`: it opens as many connections as there are queries.',
    fix: null,
  };
}

/** Opened for the work of one function, which closes it again, or hands it to nobody. */
function isClosedHere(call: LeanNode): boolean {
  const name = findAncestor(call, 'short_var_declaration', 'assignment_statement')?.child('left')
    ?.children[0];
  const around = enclosingGoFunction(call);
  const text = around?.text ?? '';
  if (name === undefined || !/^\w+$/.test(name.text)) return false;
  // Handed on: given back, to a call, to a field or to another name.
  const handedOn = new RegExp(`(return|[{(,:=&])[ \\t]*${name.text}\\s*([,)}\\n]|$)`, 'm').test(text);
  return new RegExp(`\\bdefer ${name.text}\\.Close\\(\\)`).test(text) || !handedOn;
}
