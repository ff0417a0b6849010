import { createApp } from './src/app.js';
import { createDatabase } from './src/database.js';

const { PORT = '7300', DATABASE_URL = 'postgres://postgres@127.0.0.1:5432/postgres' } = process.env;

const database = createDatabase(DATABASE_URL);
await database.prepare();
const server = createApp(database).listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
