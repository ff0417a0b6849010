import pg from 'pg';

/** Stories in PostgreSQL. */
export function createDatabase(connectionString) {
  const pool = new pg.Pool({ connectionString });
  return {
    async prepare() {
      await pool.query('CREATE TABLE IF NOT EXISTS stories (id text PRIMARY KEY, title text NOT NULL)');
    },
    async find(id) {
      const { rows } = await pool.query('SELECT id, title FROM stories WHERE id = $1', [id]);
      return rows[0] ?? null;
    },
    async list() {
      const { rows } = await pool.query('SELECT id, title FROM stories ORDER BY title LIMIT 50');
      return rows;
    },
    async insert(story) {
      await pool.query('INSERT INTO stories (id, title) VALUES ($1, $2)', [story.id, story.title]);
    },
  };
}
