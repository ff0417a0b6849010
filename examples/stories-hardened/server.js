import { createApp } from './src/app.js';
import { openCache } from './src/cache.js';
import { createDatabase } from './src/database.js';

const {
  PORT = '7300',
  DATABASE_URL = 'postgres://postgres@127.0.0.1:7432/postgres',
  REDIS_URL = 'redis://127.0.0.1:7379',
} = process.env;

const database = createDatabase(DATABASE_URL);
const cache = openCache(REDIS_URL);
const server = createApp({ database, cache }).listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
await database.prepareWhenReachable();
