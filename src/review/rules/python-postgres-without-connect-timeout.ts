import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { appendMember } from '../syntax/insert.ts';
import {
  fullName,
  hasSplat,
  keywordOf,
  type PythonNames,
  positionalOf,
  readPythonImports,
} from '../syntax/python.ts';
import type { SourceText } from '../syntax/source-text.ts';

const CONNECT = /^(psycopg2\.connect|psycopg\.connect|psycopg\.(Async)?Connection\.connect)$/;

export default defineRule({
  id: 'python-postgres-without-connect-timeout',
  languages: ['python'],
  title: 'PostgreSQL connection without a connect timeout (Python)',
  summary:
    'Without connect_timeout a connect to a database that is out of reach waits for the system to give up.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['psycopg2', 'psycopg2-binary', 'psycopg'],
  shownBy: { hang: 0.6 },
  advice: {
    libraryDefault:
      'libpq (psycopg2, psycopg 3): connect_timeout zero or not given means to wait without limit; PGCONNECT_TIMEOUT sets it too.',
    source: 'PostgreSQL docs, libpq "Parameter Key Words", connect_timeout',
    howItMaterializes:
      'The database host drops packets, or accepts and says nothing: each new connection waits, and its worker with it.',
    downstreamImpact: 'Workers that need a connection are all gone while the outage lasts.',
    discussion:
      '4 s is far above any healthy connect. It bounds connecting only: `options="-c statement_timeout=…"` bounds queries on a live server.',
    infrastructurePattern: 'PgBouncer with `server_connect_timeout` and `query_wait_timeout`.',
    benefit: 'A database out of reach is an error after seconds.',
    risks: 'None known within one network; several hosts in one DSN each get the limit.',
    monitoring: 'Connect errors and time to connect.',
  },
  check({ source, project }) {
    if (project.holds('PGCONNECT_TIMEOUT')) return [];
    const names = readPythonImports(source);
    return source
      .nodes('call')
      .map((call) => checkConnect(call, names, source))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'import psycopg2\nc = psycopg2.connect(host="a", connect_timeout=3)\n',
      'import psycopg2\nc = psycopg2.connect("host=a connect_timeout=3")\n',
      'import psycopg2\nc = psycopg2.connect(settings.dsn)\n',
      'import psycopg\nc = psycopg.connect(**options)\n',
      'import psycopg2\nc = psycopg2.connect(host="a", async_=True)\n',
      'import sqlite3\nc = sqlite3.connect("a.db")\n',
      'import psycopg2\nc = psycopg2.connect(dsn=os.environ["DATABASE_URL"])\n',
    ],
    invalid: [
      {
        before: 'import psycopg2\nc = psycopg2.connect(host="a", dbname="shop")\n',
        after: 'import psycopg2\nc = psycopg2.connect(host="a", dbname="shop", connect_timeout=4)\n',
      },
      {
        before: 'import psycopg\nc = psycopg.connect("postgresql://db/shop")\n',
        after: 'import psycopg\nc = psycopg.connect("postgresql://db/shop", connect_timeout=4)\n',
      },
      {
        before: 'from psycopg2 import connect\nc = connect(\n    host=HOST,\n    user=USER,\n)\n',
        after:
          'from psycopg2 import connect\nc = connect(\n    host=HOST,\n    user=USER,\n    connect_timeout=4,\n)\n',
      },
    ],
  },
});

function checkConnect(call: LeanNode, names: PythonNames, source: SourceText): RuleMatch | null {
  const callee = call.child('function');
  const list = call.child('arguments');
  if (list?.type !== 'argument_list' || !CONNECT.test(fullName(callee, names) ?? '')) return null;
  if (hasSplat(call) || list.text.includes('connect_timeout')) return null;
  // libpq ignores the limit where the caller waits by itself.
  if (keywordOf(call, 'async_') !== null || keywordOf(call, 'async') !== null) return null;
  // A DSN from elsewhere may hold the limit.
  const dsn = positionalOf(call)[0] ?? keywordOf(call, 'dsn') ?? keywordOf(call, 'conninfo');
  const isPlain = dsn === undefined || dsn === null ? keywordOf(call, 'host') !== null : isWhole(dsn);
  if (!isPlain) return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: `\`${callee?.text ?? ''}\` has no \`connect_timeout\`.`,
    fix: {
      summary: 'Wait at most 4 s for a connection.',
      edits: [appendMember(source.text, list, 'connect_timeout=4')],
    },
  };
}

/** A literal of a remote host without parts that come from elsewhere. */
function isWhole(dsn: LeanNode): boolean {
  return dsn.type === 'string' && !/^[fF]|\{|%/.test(dsn.text) && /:\/\/|host\s*=/.test(dsn.text);
}
