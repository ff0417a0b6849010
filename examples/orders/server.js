import { createServer } from 'node:http';
import { createApp } from './src/app.js';
import { createPaymentsClient } from './src/payments-client.js';
import { createStore } from './src/store.js';

const HOST = '127.0.0.1';
const PORT = Number(process.env.PORT ?? 7100);
const PAYMENTS_URL = process.env.PAYMENTS_URL ?? 'http://127.0.0.1:7200';
const STOP_GRACE_MS = 200;

const app = createApp({ store: createStore(), payments: createPaymentsClient(PAYMENTS_URL) });
const server = createServer(app);

server.listen(PORT, HOST, () => {
  console.log(`orders listening on http://${HOST}:${server.address().port}`);
});

function stop() {
  server.close(() => process.exit(0));
  setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS);
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
