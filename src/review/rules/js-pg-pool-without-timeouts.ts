import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleFix, type RuleMatch } from '../rule.ts';
import { isClosedWhereMade } from '../syntax/closed-where-made.ts';
import { appendMember } from '../syntax/insert.ts';
import { argumentsOf, propertyNames } from '../syntax/javascript.ts';
import { listPgPools } from '../syntax/pg.ts';
import type { SourceText } from '../syntax/source-text.ts';

const CONNECT = 'connectionTimeoutMillis: 3000';
const QUERY = 'query_timeout: 4000';

export default defineRule({
  id: 'js-pg-pool-without-timeouts',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'PostgreSQL pool without time limits',
  summary:
    'Without limits a request waits for ever for a free connection, or for a query on a silent database.',
  severity: 'high',
  priority: 'critical',
  complexity: 'low',
  cost: 'low',
  packages: ['pg'],
  shownBy: { hang: 0.85, slow_beyond_fault: 0.5, slow_recovery: 0.5 },
  advice: {
    libraryDefault:
      'node-postgres (pg 8): connectionTimeoutMillis 0 (no limit), statement_timeout and query_timeout none; at most 10 connections.',
    source: 'node-postgres docs/pages/apis/pool.mdx and client.mdx',
    howItMaterializes:
      'The database, or the way to it, goes silent: ten queries hold ten connections for good, and every later request waits for an eleventh.',
    downstreamImpact:
      'All operations that need the database hang, health checks included; the process looks alive and serves nothing.',
    discussion:
      '`connectionTimeoutMillis` bounds the wait for a connection, new or from the pool; `query_timeout` bounds a query on the client, also when the server is gone; `statement_timeout` stops it on the server. Long reports need a pool of their own.',
    infrastructurePattern:
      'PgBouncer with `query_wait_timeout`, and `tcp_user_timeout` on the connection, bound the same waits outside.',
    benefit: 'A silent database costs seconds and a clear error instead of every connection.',
    risks: 'Queries longer than the limit fail; migrations and reports need their own.',
    monitoring: 'pool.waitingCount, pool.totalCount, time to get a connection, query timeouts.',
  },
  check: ({ source }) =>
    listPgPools(source).flatMap(({ creation }) => {
      // It serves the one piece of work that it is made for, such as making the database when the process starts.
      const match = isClosedWhereMade(creation, source) ? null : checkPool(creation, source);
      return match === null ? [] : [match];
    }),
  examples: {
    valid: [
      "import { Pool } from 'pg';\nconst pool = new Pool({ connectionTimeoutMillis: 2000, query_timeout: 5000 });",
      "import pg from 'pg';\nconst pool = new pg.Pool({ connectionTimeoutMillis: 2000, statement_timeout: 5000 });",
      "import { Pool } from 'pg';\nconst pool = new Pool(config.db);",
      "import { Pool } from 'pg';\nconst pool = new Pool({ ...defaults, max: 20 });",
      "import { Pool } from 'undici';\nconst pool = new Pool('http://a');",
      "import { Pool } from 'pg';\nasync function prepare() {\n  const admin = new Pool({ max: 1 });\n  await admin.query(sql);\n  await admin.end();\n}",
      "import { Pool } from './pool.js';\nconst pool = new Pool();",
    ],
    invalid: [
      {
        before: "import { Pool } from 'pg';\nconst pool = new Pool({ connectionString, max: 20 });",
        after:
          "import { Pool } from 'pg';\nconst pool = new Pool({ connectionString, max: 20, connectionTimeoutMillis: 3000, query_timeout: 4000 });",
      },
      {
        before: "const { Pool } = require('pg');\nmodule.exports = new Pool();",
        after:
          "const { Pool } = require('pg');\nmodule.exports = new Pool({ connectionTimeoutMillis: 3000, query_timeout: 4000 });",
      },
      {
        before:
          "import pg from 'pg';\nconst pool = new pg.Pool({\n  host,\n  connectionTimeoutMillis: 3000,\n});",
        after:
          "import pg from 'pg';\nconst pool = new pg.Pool({\n  host,\n  connectionTimeoutMillis: 3000,\n  query_timeout: 4000,\n});",
      },
    ],
  },
});

function checkPool(creation: LeanNode, { text }: SourceText): RuleMatch | null {
  const [config, ...more] = argumentsOf(creation);
  if (more.length > 0 || (config !== undefined && config.type !== 'object')) return null;
  const names = config === undefined ? new Set<string>() : propertyNames(config);
  if (names === null) return null;
  const missing = [
    ...(names.has('connectionTimeoutMillis') ? [] : [CONNECT]),
    ...(names.has('query_timeout') || names.has('statement_timeout') ? [] : [QUERY]),
  ];
  if (missing.length === 0) return null;
  const without = missing.map((one) => `\`${one.split(':')[0]}\``).join(' and no ');
  return {
    startOffset: creation.start,
    endOffset: creation.end,
    message: `This pool has no ${without}.`,
    fix: fixOf(creation, config, missing, text),
  };
}

function fixOf(
  creation: LeanNode,
  config: LeanNode | undefined,
  missing: string[],
  text: string,
): RuleFix | null {
  const list = creation.child('arguments');
  if (list === null) return null;
  const ownLines = config !== undefined && /\{\s*\n/.test(config.text);
  const indent = /\n([ \t]+)\S/.exec(config?.text ?? '')?.[1] ?? '';
  const members = missing.join(ownLines ? `,\n${indent}` : ', ');
  return {
    summary: 'Wait at most 3 s for a connection and 4 s for a query.',
    edits: [
      config === undefined ? appendMember(text, list, `{ ${members} }`) : appendMember(text, config, members),
    ],
  };
}
