import { createApp } from './src/app.js';
import { connectCache } from './src/cache.js';
import { createDatabase } from './src/database.js';
import { createDrafts } from './src/drafts.js';

const {
  PORT = '7300',
  DATABASE_URL = 'postgres://postgres@127.0.0.1:7432/postgres',
  REDIS_URL = '',
} = process.env;

const database = createDatabase(DATABASE_URL);
await database.prepare();
const redis = REDIS_URL === '' ? null : await connectCache(REDIS_URL);
const drafts = createDrafts(database);
const server = createApp({ database, redis, drafts }).listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
