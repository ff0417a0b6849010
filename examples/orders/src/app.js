import { readFileSync } from 'node:fs';
import express from 'express';
import { answerError, NotFoundError } from './errors.js';
import { ordersRouter } from './routes/orders.js';
import { productsRouter } from './routes/products.js';

const openapi = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8'));

/** Builds the HTTP application around a store and a payments client. */
export function createApp({ store, payments }) {
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: '100kb' }));

  app.get('/health', (_req, res) => {
    res.json({ status: 'ok' });
  });
  app.get('/openapi.json', (req, res) => {
    res.json({ ...openapi, servers: [{ url: `http://${req.headers.host}` }] });
  });
  app.use('/products', productsRouter({ store }));
  app.use('/orders', ordersRouter({ store, payments }));

  app.use((req) => {
    throw new NotFoundError(`nothing at ${req.method} ${req.path}`);
  });
  app.use(answerError);
  return app;
}
