import pg from 'pg';

const FIRST_STORIES = `
  INSERT INTO stories (id, title, body)
  SELECT 'sea-' || n, 'The sea, part ' || n, repeat('The tide comes in. ', 40) FROM generate_series(1, 600) AS n
  UNION ALL SELECT 'welcome', 'A welcome', 'Take a seat.'
  ON CONFLICT DO NOTHING`;

/** Stories in PostgreSQL. */
export function createDatabase(connectionString) {
  const pool = new pg.Pool({ connectionString });
  return {
    async prepare() {
      for (const table of ['stories', 'drafts'])
        await pool.query(
          `CREATE TABLE IF NOT EXISTS ${table} (id text PRIMARY KEY, title text NOT NULL, body text)`,
        );
      await pool.query(FIRST_STORIES);
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
    async listAfter(id) {
      const { rows } = await pool.query('SELECT id, title, body FROM stories WHERE id > $1 ORDER BY id', [
        id,
      ]);
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
