import type { ProjectFacts } from '../rule.ts';
import type { SourceText } from './source-text.ts';

const SQLITE = ['mattn/go-sqlite3"', 'modernc.org/sqlite"', 'glebarez/', 'ncruces/go-sqlite3'];
const SERVERS = [
  'lib/pq"',
  'jackc/pgx',
  'go-sql-driver/mysql"',
  'microsoft/go-mssqldb"',
  'denisenkom/go-mssqldb"',
  'ClickHouse/clickhouse-go',
  'sijms/go-ora',
  'godror/godror"',
  'gorm.io/driver/postgres"',
  'gorm.io/driver/mysql"',
];
const WAL = [
  'journal_mode=WAL',
  'journal_mode=wal',
  'journal=WAL',
  'journal_mode(WAL)',
  'journal_mode = WAL',
];

/**
 * Whether a database is a SQLite file: the project, or this file of it, imports drivers of SQLite and no others, the
 * package is called after SQLite, or all that is assigned to its name comes from functions named for SQLite (`state, err := db.NewSqlite(path)`).
 */
export function isSqliteFile(operand: string, source: SourceText, project: ProjectFacts): boolean {
  if (/^package sqlite\w*$/m.test(source.text)) return true;
  const here = (driver: string) => source.text.includes(driver);
  if ([project.holds, here].some((has) => SQLITE.some(has) && !SERVERS.some(has))) return true;
  const name = operand.slice(operand.lastIndexOf('.') + 1);
  if (!/^\w+$/.test(name)) return false;
  const makers = [`${name}, err := `, `${name}, err = `].flatMap((part) => project.wordsAfter(part));
  return makers.length > 0 && makers.every((maker) => /sqlite/i.test(maker));
}

/** Whether PostgreSQL is the only database whose drivers the project imports. */
export function isPostgresOnly(project: ProjectFacts): boolean {
  const isPostgres = (driver: string) => /pq"|pgx|postgres"/.test(driver);
  const used = [...SQLITE, ...SERVERS].filter(project.holds);
  return used.length > 0 && used.every(isPostgres);
}

/**
 * Whether reading rows of SQLite can fail where only `Err` tells: mattn/go-sqlite3 takes the first step in `Next`, which
 * fails when another connection holds the lock for longer than the busy timeout. In WAL mode readers wait for no writer
 * (sqlite.org/wal.html), and the other drivers take that step in `Query`, whose error is looked at.
 */
export function locksReaders(project: ProjectFacts): boolean {
  return project.holds('mattn/go-sqlite3"') && !WAL.some(project.holds);
}
