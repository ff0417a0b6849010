import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const HOST = '127.0.0.1';
const PORT = Number(process.env.PORT ?? 7200);
const BANK_DELAY_MS = 4;
const STOP_GRACE_MS = 200;

const charges = new Map([
  [
    'ch_1001',
    { id: 'ch_1001', status: 'succeeded', amount_cents: 3700, currency: 'EUR', order_id: 'ord_1001' },
  ],
]);
const chargeIdByKey = new Map();
const rewardPoints = new Map([['cus_1001', 120]]);

async function createCharge(request) {
  const { amount_cents, currency, order_id, customer_id } = await readJson(request);
  if (!Number.isInteger(amount_cents) || amount_cents <= 0 || typeof currency !== 'string') {
    return [422, { error: { code: 'invalid_charge', message: 'amount_cents and currency are needed' } }];
  }
  const key = request.headers['idempotency-key'];
  if (chargeIdByKey.has(key)) return [200, charges.get(chargeIdByKey.get(key))];
  const id = `ch_${randomUUID().slice(0, 8)}`;
  const charge = { id, status: 'succeeded', amount_cents, currency, order_id: order_id ?? null };
  charges.set(id, charge);
  if (key !== undefined) chargeIdByKey.set(key, id);
  rewardPoints.set(customer_id, (rewardPoints.get(customer_id) ?? 0) + Math.floor(amount_cents / 100));
  await delay(BANK_DELAY_MS);
  return [201, charge];
}

async function readCharge(id) {
  await delay(BANK_DELAY_MS);
  const charge = charges.get(id);
  if (charge === undefined) return [404, { error: { code: 'not_found', message: 'no such charge' } }];
  return [200, charge];
}

async function readRewards(customerId) {
  await delay(BANK_DELAY_MS);
  return [200, { customer_id: customerId, points: rewardPoints.get(customerId) ?? 0 }];
}

async function readJson(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

function answer(request) {
  const { pathname } = new URL(request.url, 'http://payments');
  const [, collection, id, part] = pathname.split('/');
  const route = `${request.method} /${collection}`;
  if (pathname === '/health') return [200, { status: 'ok' }];
  if (route === 'POST /charges' && id === undefined) return createCharge(request);
  if (route === 'GET /charges' && id !== undefined) return readCharge(id);
  if (route === 'GET /customers' && part === 'rewards') return readRewards(id);
  return [404, { error: { code: 'not_found', message: `nothing at ${request.method} ${pathname}` } }];
}

const server = createServer(async (request, response) => {
  let [status, body] = [400, { error: { code: 'bad_request', message: 'the body is not JSON' } }];
  try {
    [status, body] = await answer(request);
  } catch (error) {
    console.error(error.message);
  }
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});

server.listen(PORT, HOST, () => {
  console.log(`payments listening on http://${HOST}:${server.address().port}`);
});

function stop() {
  server.close(() => process.exit(0));
  setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS);
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
