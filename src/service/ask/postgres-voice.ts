import { AppError } from '../../errors.ts';
import { connectPostgres, type PostgresRow, type PostgresSession } from './postgres.ts';
import { openRisingCount } from './rising-count.ts';
import type { OpenVoice } from './voice.ts';

/**
 * What the server says of its sessions (PostgreSQL 10 or newer: https://www.postgresql.org/docs/current/monitoring-stats.html).
 * Without the rights of `pg_monitor` the states of other users' sessions are unknown, and count as neither active nor
 * idle. Ours are known by their name.
 */
const QUESTION = `
SELECT count(*) AS sessions,
       count(*) FILTER (WHERE state = 'active') AS active,
       count(*) FILTER (WHERE wait_event_type = 'Lock') AS waiting,
       count(*) FILTER (WHERE state LIKE 'idle in transaction%') AS idle_in_transaction,
       current_setting('max_connections')::int AS max_connections,
       (SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database())
         AS transactions
  FROM pg_stat_activity
 WHERE backend_type = 'client backend' AND application_name NOT LIKE 'breakwater%'`;

/** Asks PostgreSQL in one session that is kept; transactions include ours, one for each look. */
export const listenToPostgres: OpenVoice = (url, options) => {
  let session: PostgresSession | null = null;
  const transactions = openRisingCount();
  const drop = async () => {
    const old = session;
    session = null;
    await old?.end();
  };
  return {
    async hear(atMs) {
      session ??= await connectPostgres(url, options);
      const rows = await session.query(QUESTION).catch(async (error: unknown) => {
        await drop();
        throw error;
      });
      const row = rows[0] ?? {};
      return {
        kind: 'postgres',
        atMs,
        sessions: readNumber(row, 'sessions'),
        active: readNumber(row, 'active'),
        waiting: readNumber(row, 'waiting'),
        idleInTransaction: readNumber(row, 'idle_in_transaction'),
        maxConnections: readNumber(row, 'max_connections'),
        transactions: transactions(readNumber(row, 'transactions')),
      };
    },
    end: drop,
  };
};

function readNumber(row: PostgresRow, name: string): number {
  const value = Number(row[name]);
  if (Number.isFinite(value)) return value;
  throw new AppError('TARGET_UNREACHABLE', `PostgreSQL gave no number for ${name}.`, {
    hint: 'PostgreSQL 10 or newer is needed to be asked.',
  });
}
