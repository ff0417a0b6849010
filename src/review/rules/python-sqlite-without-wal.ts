import { defineRule } from '../rule.ts';
import { fullName, positionalOf, readPythonImports } from '../syntax/python.ts';

const ENGINES = new Set([
  'sqlalchemy.create_engine',
  'sqlmodel.create_engine',
  'sqlalchemy.engine.create_engine',
]);

export default defineRule({
  id: 'python-sqlite-without-wal',
  languages: ['python'],
  title: 'SQLite in its default journal under concurrent requests',
  summary:
    'In its default journal SQLite lets a writer shut out all readers, so one slow write stalls every request.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'medium',
  cost: 'low',
  packages: ['sqlalchemy', 'sqlmodel'],
  shownBy: { slow_beyond_fault: 0.4, unclear_error: 0.3 },
  advice: {
    libraryDefault:
      'SQLite (all versions): journal_mode DELETE, in which a commit waits for readers and readers wait for it; Python\'s sqlite3 waits 5 s for a lock, then raises "database is locked".',
    source: 'sqlite.org/wal.html; Python docs sqlite3.connect (timeout)',
    howItMaterializes:
      'Concurrent requests queue for one lock: latency rises in steps, and after 5 s requests fail with "database is locked".',
    downstreamImpact: 'Reads fail because of writes; callers retry and lengthen the queue.',
    discussion:
      'Set `PRAGMA journal_mode=WAL` and `PRAGMA busy_timeout=5000` on each new connection (an `event.listens_for(engine, "connect")` listener). WAL leaves two files beside the database and wants a local disk. More than one writing process wants a database server.',
    infrastructurePattern:
      'A database server (PostgreSQL, MySQL) behind a pool, once there is more than one writer.',
    benefit: 'Readers no longer wait for a writer.',
    risks:
      'With `synchronous=NORMAL` the last commits may be lost at a power failure; WAL does not work over network file systems.',
    monitoring: '"database is locked" errors, p99 of writes, size of the -wal file.',
  },
  check({ source, project }) {
    if (project.holds('journal_mode')) return [];
    const names = readPythonImports(source);
    return source
      .nodes('call')
      .filter((call) => ENGINES.has(fullName(call.child('function'), names) ?? ''))
      .filter((call) => isFile(positionalOf(call)[0]?.text ?? ''))
      .map((call) => ({
        startOffset: call.start,
        endOffset: call.end,
        message: 'This engine opens a SQLite file, and nothing sets `journal_mode`.',
        fix: null,
      }));
  },
  examples: {
    valid: [
      'from sqlalchemy import create_engine\nengine = create_engine("sqlite://")\n',
      'from sqlalchemy import create_engine\nengine = create_engine("sqlite:///:memory:")\n',
      'from sqlalchemy import create_engine\nengine = create_engine("postgresql://db/a")\n',
      'from sqlalchemy import create_engine, text\nengine = create_engine("sqlite:///a.db")\nrun(text("PRAGMA journal_mode=WAL"))\n',
      'import sqlite3\nconnection = sqlite3.connect("a.db")\n',
      'from mydb import create_engine\nengine = create_engine("sqlite:///a.db")\n',
    ],
    invalid: [
      {
        before: 'from sqlalchemy import create_engine\nengine = create_engine("sqlite:///./test.db")\n',
        after: null,
      },
      {
        before: 'import sqlalchemy\nengine = sqlalchemy.create_engine("sqlite:////data/a.db", echo=True)\n',
        after: null,
      },
      {
        before: 'from sqlmodel import create_engine\nengine = create_engine("sqlite+pysqlite:///a.db")\n',
        after: null,
      },
    ],
  },
});

function isFile(url: string): boolean {
  return /^[rf]?["']sqlite(\+pysqlite)?:\/\/\/[^:"']/.test(url) && !url.includes('mode=memory');
}
