import pg from 'pg';

/** Stories in PostgreSQL. */
export function createDatabase(connectionString) {
  const pool = new pg.Pool({ connectionString });
  return {
    async prepare() {
      await pool.query('CREATE TABLE IF NOT EXISTS stories (id text PRIMARY KEY, title text NOT NULL)');
      await pool.query('CREATE TABLE IF NOT EXISTS drafts (id text PRIMARY KEY, title text NOT NULL)');
      await pool.query(
        `INSERT INTO stories (id, title) VALUES ('welcome', 'A welcome') ON CONFLICT DO NOTHING`,
      );
    },
    async find(id) {
      const { rows } = await pool.query('SELECT id, title FROM stories WHERE id = $1', [id]);
      return rows[0] ?? null;
    },
    async list() {
      const { rows } = await pool.query('SELECT id, title FROM stories ORDER BY title LIMIT 50');
      return rows;
    },
    async search(word) {
      const { rows } = await pool.query(
        'SELECT id, title FROM stories WHERE title ILIKE $1 ORDER BY title LIMIT 20',
        [`%${word}%`],
      );
      return rows;
    },
    async insert(story) {
      await pool.query('INSERT INTO stories (id, title) VALUES ($1, $2)', [story.id, story.title]);
    },
    async findDraft(id) {
      const { rows } = await pool.query('SELECT id, title FROM drafts WHERE id = $1', [id]);
      return rows[0] ?? null;
    },
    async insertDraft(draft) {
      await pool.query('INSERT INTO drafts (id, title) VALUES ($1, $2)', [draft.id, draft.title]);
    },
  };
}
