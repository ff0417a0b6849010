import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { appendMember } from '../syntax/insert.ts';
import {
  fullName,
  hasSplat,
  isScript,
  keywordOf,
  positionalOf,
  readPythonImports,
  textThroughNames,
} from '../syntax/python.ts';
import { enclosingFunction, type SourceText } from '../syntax/source-text.ts';

const ENGINES = new Set([
  'sqlalchemy.create_engine',
  'sqlalchemy.engine.create_engine',
  'sqlalchemy.ext.asyncio.create_async_engine',
  'sqlmodel.create_engine',
]);

/** An address of another database is refused: `if url.startswith("sqlite"): … else: raise`, or `if not …: raise`. */
const ONLY_SQLITE =
  /\bif not [\w.]+\.startswith\(\s*["']sqlite[^\n]*:\s*\n\s*raise\b|\bif [\w.]+\.startswith\(\s*["']sqlite[^\n]*:\n(\s+[^\n]*\n){1,6}?\s*else:\s*\n\s*raise\b/;

export default defineRule({
  id: 'python-engine-without-pre-ping',
  languages: ['python'],
  title: 'Database pool that does not notice dead connections',
  summary:
    'After a failover the pool hands out dead connections, and the first requests on each of them fail.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['sqlalchemy', 'sqlmodel'],
  shownBy: { unclear_error: 0.5, hang: 0.3, slow_recovery: 0.7 },
  advice: {
    libraryDefault:
      'SQLAlchemy 1.4 and 2: pool_pre_ping off, pool_recycle -1 (never), pool_size 5, max_overflow 10, pool_timeout 30 s.',
    source: 'SQLAlchemy lib/sqlalchemy/engine/create.py; docs "Dealing with Disconnects"',
    howItMaterializes:
      'The database restarts, or a firewall drops idle connections without a word: up to 15 pooled connections are dead, and each fails or hangs one request.',
    downstreamImpact: 'Errors go on after the database is back, for as long as dead connections are left.',
    discussion:
      '`pool_pre_ping` tests a connection before it is used, at the price of one round trip; `pool_recycle` keeps it younger than the idle limit of what lies between.',
    infrastructurePattern: 'PgBouncer or RDS Proxy keeps connections to the application over a failover.',
    benefit: 'The first request after a failover works instead of failing.',
    risks: 'One more round trip per checkout (a fraction of a millisecond within a data centre).',
    monitoring: 'Invalidated connections, checkouts, errors in the minute after a failover.',
  },
  check({ source }) {
    if (isScript(source.text)) return [];
    const names = readPythonImports(source);
    return source
      .nodes('call')
      .filter((call) => ENGINES.has(fullName(call.child('function'), names) ?? ''))
      .map((call) => checkEngine(call, source))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'from sqlalchemy import create_engine\ndef heads(url):\n    connectable = create_engine(url)\n    with connectable.begin() as connection:\n        return read(connection)\n',
      'from sqlalchemy import create_engine\nengine = create_engine(url, pool_pre_ping=True)\n',
      'from sqlalchemy import create_engine\nengine = create_engine(url)\nconnection = engine.connect()\nSession = sessionmaker(bind=connection)\n',
      'from sqlalchemy import create_engine\nengine = create_engine("sqlite:///./test.db")\n',
      'from sqlalchemy import create_engine\nURL = "sqlite:///a.db"\nengine = create_engine(URL, echo=True)\n',
      'from sqlalchemy import create_engine\nengine = create_engine(url, **options)\n',
      'from sqlalchemy import create_engine\nfrom sqlalchemy.pool import NullPool\nengine = create_engine(url, poolclass=NullPool)\n',
      'import os\nfrom sqlalchemy import create_engine\nURL = os.environ.get("DATABASE_URL", "sqlite:///dev.db")\nengine = create_engine(URL)\n',
      'from sqlalchemy import create_engine\ndef check(url):\n    engine = create_engine(url)\n    session = open_session(engine)\n    session.connection()\n',
      'from sqlalchemy import create_engine\nengine = create_engine(url)\nif __name__ == "__main__":\n    run(engine)\n',
      'from sqlalchemy import create_engine\ndef path(url):\n    if url.startswith("sqlite:///"):\n        return url[10:]\n    else:\n        raise ValueError(url)\nengine = create_engine(url)\n',
      'from sqlalchemy import create_engine\nif not url.startswith("sqlite:"):\n    raise ValueError(url)\nengine = create_engine(url)\n',
      'from mydb import create_engine\nengine = create_engine(url)\n',
      'from sqlalchemy import create_engine\nengine = create_engine(url, strategy="mock", executor=dump)\n',
    ],
    invalid: [
      {
        before:
          'from sqlalchemy import create_engine\nif url.startswith("sqlite:"):\n    fit(url)\nelse:\n    log(url)\nengine = create_engine(url)\n',
        after:
          'from sqlalchemy import create_engine\nif url.startswith("sqlite:"):\n    fit(url)\nelse:\n    log(url)\nengine = create_engine(url, pool_pre_ping=True, pool_recycle=1800)\n',
      },
      {
        before: 'from sqlalchemy import create_engine\nengine = create_engine("postgresql://db/shop")\n',
        after:
          'from sqlalchemy import create_engine\nengine = create_engine("postgresql://db/shop", pool_pre_ping=True, pool_recycle=1800)\n',
      },
      {
        before: 'import sqlalchemy as sa\nengine = sa.create_engine(settings.url, pool_recycle=600)\n',
        after:
          'import sqlalchemy as sa\nengine = sa.create_engine(settings.url, pool_recycle=600, pool_pre_ping=True)\n',
      },
      {
        before:
          'from sqlalchemy.ext.asyncio import create_async_engine\nengine = create_async_engine(\n    settings.url,\n    pool_size=20,\n)\n',
        after:
          'from sqlalchemy.ext.asyncio import create_async_engine\nengine = create_async_engine(\n    settings.url,\n    pool_size=20,\n    pool_pre_ping=True,\n    pool_recycle=1800,\n)\n',
      },
    ],
  },
});

function checkEngine(call: LeanNode, source: SourceText): RuleMatch | null {
  const list = call.child('arguments');
  const url = positionalOf(call)[0] ?? keywordOf(call, 'url')?.child('value') ?? null;
  if (list?.type !== 'argument_list' || url === null || hasSplat(call)) return null;
  if (keywordOf(call, 'pool_pre_ping') !== null || keywordOf(call, 'creator') !== null) return null;
  // A mock prints its statements and never connects.
  if (/mock/.test(keywordOf(call, 'strategy')?.text ?? '')) return null;
  const pool = keywordOf(call, 'poolclass')?.text ?? '';
  if (/NullPool|StaticPool|SingletonThreadPool/.test(pool) || /sqlite/i.test(textThroughNames(url, source)))
    return null;
  if (isShortLived(call) || ONLY_SQLITE.test(source.text) || holdsOneConnection(call, source)) return null;
  const recycles = keywordOf(call, 'pool_recycle') !== null;
  const ownLines = /\(\s*\n/.test(list.text);
  const indent = /\n([ \t]+)\S/.exec(list.text)?.[1] ?? '';
  const members = ['pool_pre_ping=True', ...(recycles ? [] : ['pool_recycle=1800'])];
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: 'This engine hands out pooled connections without testing them (`pool_pre_ping` is off).',
    fix: {
      summary: 'Test connections before use, and renew them every 30 minutes.',
      edits: [appendMember(source.text, list, members.join(ownLines ? `,\n${indent}` : ', '))],
    },
  };
}

/** Whether the module takes one connection out of the pool and keeps it: tests are made only when one is taken out. */
function holdsOneConnection(call: LeanNode, { text }: SourceText): boolean {
  const name = call.parent?.type === 'assignment' ? (call.parent.child('left')?.text ?? '') : '';
  const kept = new RegExp(`^(\\w+) = ${name}\\.connect\\(\\)`, 'm').exec(text)?.[1];
  return name !== '' && kept !== undefined && new RegExp(`\\bbind=${kept}\\b`).test(text);
}

/** Whether a function makes the engine, uses it and drops it: no pool lives long enough to hold dead connections. */
function isShortLived(call: LeanNode): boolean {
  const around = enclosingFunction(call);
  const name = call.parent?.type === 'assignment' ? call.parent.child('left') : null;
  if (around === null || name?.type !== 'identifier') return false;
  const used = new RegExp(`\\b${name.text}\\.(begin|connect)\\(`).test(around.text);
  const leaves = new RegExp(
    `(return|yield)\\s+${name.text}\\b|global\\s+${name.text}\\b|bind\\s*=\\s*${name.text}\\b`,
  ).test(around.text);
  // Handed to a call, by a function that gives nothing back and keeps nothing.
  const handed = new RegExp(`\\(${name.text}\\)`).test(around.text);
  const keeps = /\b(return|yield)\s+\S|\b(global|nonlocal)\s|\.\w+\s*=[^=]/.test(around.text);
  return (used && !leaves) || (handed && !keeps);
}
