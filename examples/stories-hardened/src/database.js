import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { createBreaker } from './breaker.js';

const WAIT_MS = 900;
const QUERY_MS = 800;
/** All are open before they are needed: when the database is slow to answer, opening one is slow too. */
const CONNECTIONS = 20;
const CONNECTION_LOST = ['ECONNRESET', 'EPIPE', '57P01'];
const FIRST_STORIES = `
  INSERT INTO stories (id, title, body)
  SELECT 'sea-' || n, 'The sea, part ' || n, repeat('The tide comes in. ', 40) FROM generate_series(1, 600) AS n
  UNION ALL SELECT 'welcome', 'A welcome', 'Take a seat.'
  ON CONFLICT DO NOTHING`;
const TABLES = ['stories', 'drafts'];

/** Stories in PostgreSQL; nothing is waited for without a limit. */
export function createDatabase(connectionString) {
  const pool = new pg.Pool({
    connectionString,
    max: CONNECTIONS,
    // Both for a free connection of the pool and for a new one.
    connectionTimeoutMillis: WAIT_MS,
    statement_timeout: QUERY_MS,
    query_timeout: QUERY_MS + 100,
    idleTimeoutMillis: 0,
  });
  // An idle connection that breaks is replaced; without a listener it would end the process.
  pool.on('error', (error) => console.error(`database: ${error.message}`));
  const guarded = createBreaker('the database', { failures: 10, pauseMs: 500 });
  const query = (text, values) => guarded(() => pool.query(text, values));

  /** Reading twice does no harm: a connection that had broken unnoticed is no reason to fail. */
  async function read(text, values) {
    try {
      return (await query(text, values)).rows;
    } catch (error) {
      if (!isLost(error)) throw error;
      return (await query(text, values)).rows;
    }
  }

  return {
    async prepareWhenReachable() {
      for (;;) {
        try {
          await prepare(pool);
          return;
        } catch (error) {
          console.error(`database: not ready yet, tried again soon (${error.message})`);
          await pause(500);
        }
      }
    },
    async check() {
      await query('SELECT 1');
    },
    async find(table, id) {
      const [row] = await read(`SELECT id, title FROM ${named(table)} WHERE id = $1`, [id]);
      return row ?? null;
    },
    list: () => read('SELECT id, title FROM stories ORDER BY title LIMIT 50'),
    search: (word) =>
      read('SELECT id, title FROM stories WHERE title ILIKE $1 ORDER BY title LIMIT 20', [`%${word}%`]),
    page: (after, limit) =>
      read('SELECT id, title, body FROM stories WHERE id > $1 ORDER BY id LIMIT $2', [after, limit]),
    async insert(table, { id, title }) {
      await query(`INSERT INTO ${named(table)} (id, title) VALUES ($1, $2)`, [id, title]);
    },
  };
}

async function prepare(pool) {
  for (const table of TABLES)
    await pool.query(
      `CREATE TABLE IF NOT EXISTS ${table} (id text PRIMARY KEY, title text NOT NULL, body text)`,
    );
  await pool.query(FIRST_STORIES);
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => pool.connect()));
  for (const client of clients) client.release();
}

function named(table) {
  if (TABLES.includes(table)) return table;
  throw new Error(`there is no table ${table}`);
}

function isLost(error) {
  return CONNECTION_LOST.includes(error.code) || error.message === 'Connection terminated unexpectedly';
}
