import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { fullName, hasSplat, positionalOf, readPythonImports, textThroughNames } from '../syntax/python.ts';
import type { SourceText } from '../syntax/source-text.ts';

const MAKERS =
  /^(psycopg2\.connect|psycopg2\.pool\.\w+ConnectionPool|psycopg\.(Async)?(Connection\.)?connect|psycopg_pool\.(Async)?ConnectionPool|asyncpg\.(connect|create_pool)|sqlalchemy\.(ext\.asyncio\.)?create_(async_)?engine|sqlalchemy\.create_engine|sqlmodel\.create_engine)$/;
const LIMITS = ['statement_timeout', 'command_timeout', 'STATEMENT_TIMEOUT', 'lock_timeout'];

export default defineRule({
  id: 'python-postgres-without-statement-timeout',
  languages: ['python'],
  title: 'PostgreSQL queries without a time limit (Python)',
  summary:
    'A query that waits for a lock, or for a slow disk, holds its connection and its worker until it is done.',
  severity: 'low',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['psycopg2', 'psycopg2-binary', 'psycopg', 'asyncpg', 'sqlalchemy'],
  shownBy: { hang: 0.5, slow_beyond_fault: 0.3, slow_recovery: 0.4 },
  advice: {
    libraryDefault:
      'PostgreSQL (all versions): statement_timeout 0, which is off; asyncpg: command_timeout None.',
    source: 'PostgreSQL docs "Client Connection Defaults: statement_timeout"; asyncpg API reference',
    howItMaterializes:
      'A migration takes a lock; every query behind it waits, and with it every connection of the pool.',
    downstreamImpact: 'Requests that do not touch that table find no connection.',
    discussion:
      'Set it for the role or the connection, below the deadline of a request; raise it where a report needs more (`SET LOCAL`).',
    infrastructurePattern: 'ALTER ROLE … SET statement_timeout, or query_timeout of PgBouncer.',
    benefit: 'A stuck query is an error after seconds, and its connection is free again.',
    risks: 'Long reports and migrations run into it: give them their own limit.',
    monitoring: 'Queries cancelled by statement timeout, age of the oldest query, waiting for locks.',
  },
  check({ source, project }) {
    if (LIMITS.some((name) => project.holds(name))) return [];
    const names = readPythonImports(source);
    return source
      .nodes('call')
      .filter((call) => MAKERS.test(fullName(call.child('function'), names) ?? '') && !hasSplat(call))
      .map((call) => checkMaker(call, source))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'import psycopg2\nc = psycopg2.connect("postgresql://db/shop", options="-c statement_timeout=5000")\n',
      'import asyncpg\nasync def f():\n    return await asyncpg.create_pool("postgresql://db/shop", command_timeout=5)\n',
      'from sqlalchemy import create_engine\ne = create_engine("sqlite:///a.db")\n',
      'from sqlalchemy import create_engine\ne = create_engine(settings.url)\n',
      'import psycopg2\nc = psycopg2.connect(**options)\n',
      'import mysql.connector\nc = mysql.connector.connect(host="a")\n',
    ],
    invalid: [
      { before: 'import psycopg2\nc = psycopg2.connect("postgresql://db/shop")\n', after: null },
      {
        before:
          'import asyncpg\nasync def f():\n    return await asyncpg.create_pool(host="a", database="shop")\n',
        after: null,
      },
      {
        before:
          'from sqlalchemy import create_engine\nURL = "postgresql+psycopg://db/shop"\ne = create_engine(URL, pool_pre_ping=True)\n',
        after: null,
      },
    ],
  },
});

function checkMaker(call: LeanNode, source: SourceText): RuleMatch | null {
  const callee = call.child('function')?.text ?? '';
  const url = positionalOf(call)[0];
  const given = url === undefined ? '' : textThroughNames(url, source);
  const isPostgres = /engine$/.test(callee) ? /['"]postgres/.test(given) : given === '' || /['"]/.test(given);
  if (!isPostgres) return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: 'Queries on this connection may take for ever: there is no `statement_timeout`.',
    fix: null,
  };
}
