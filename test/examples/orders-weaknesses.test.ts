import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { ask, openTcpServer, startExample } from './start-example.ts';

const ORDERS = 'examples/orders';
const CLIENT_TIMEOUT_MS = 700;
const NEW_ORDER = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ customer_id: 'cus_1001', items: [{ product_id: 'prod_filter', quantity: 1 }] }),
};

/** A dependency that takes connections and never answers. */
function openHungServer(): Promise<string> {
  return openTcpServer(() => undefined);
}

/** A dependency that cuts each connection once asked, and a promise for the connection with that number. */
async function openCuttingServer(awaited: number): Promise<{ url: string; reached: Promise<void> }> {
  const { promise, resolve } = deferred();
  const url = await openTcpServer((socket, count) => {
    // Cut after the request: undici connects again by itself when nothing was sent yet.
    socket.once('data', () => {
      socket.destroy();
      if (count === awaited) resolve();
    });
  });
  return { url, reached: promise };
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** A copy of orders whose calls to payments end after 2 s and are tried three times. */
async function copyRepaired(): Promise<string> {
  const folder = join(await makeTempFolder(), 'orders');
  await cp(ORDERS, folder, { recursive: true });
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  const file = join(folder, 'src/payments-client.js');
  const text = await readFile(file, 'utf8');
  const repaired = text
    .replace("method: 'POST',", "method: 'POST', signal: AbortSignal.timeout(2_000),")
    .replaceAll('}`);', '}`, { signal: AbortSignal.timeout(2_000) });')
    .replaceAll('/rewards`);', '/rewards`, { signal: AbortSignal.timeout(2_000) });')
    .replace('while (true) {', 'for (let attempt = 1; ; attempt += 1) {')
    .replace('} catch (error) {', '} catch (error) {\nif (attempt === 3) throw error;');
  expect(repaired.match(/AbortSignal/g)).toHaveLength(3);
  await writeFile(file, repaired);
  return folder;
}

test('with payments hung, reading an order hangs as long as its client waits', async () => {
  const { url } = await startExample(ORDERS, { PAYMENTS_URL: await openHungServer() });
  expect(await ask(`${url}/orders/ord_1001`, CLIENT_TIMEOUT_MS)).toBeNull();
});

test('with payments hung, creating an order hangs as long as its client waits', async () => {
  const { url } = await startExample(ORDERS, { PAYMENTS_URL: await openHungServer() });
  expect(await ask(`${url}/orders`, CLIENT_TIMEOUT_MS, NEW_ORDER)).toBeNull();
});

test('with payments hung, what does not need it still answers, health included', async () => {
  const { url } = await startExample(ORDERS, { PAYMENTS_URL: await openHungServer() });
  for (const path of ['/health', '/products', '/orders']) {
    expect((await ask(url + path, 5_000))?.status).toBe(200);
  }
});

test('with payments cutting each connection, creating an order tries on after its client has gone', async () => {
  const payments = await openCuttingServer(12);
  const { url } = await startExample(ORDERS, { PAYMENTS_URL: payments.url });
  expect(await ask(`${url}/orders`, CLIENT_TIMEOUT_MS, NEW_ORDER)).toBeNull();
  await payments.reached;
});

test('with payments cutting each connection, reading an order answers a clear 503', async () => {
  const payments = await openCuttingServer(1);
  const { url } = await startExample(ORDERS, { PAYMENTS_URL: payments.url });
  const response = await ask(`${url}/orders/ord_1001`, 5_000);
  expect(response?.status).toBe(503);
  expect(await response?.json()).toEqual({
    error: { code: 'payments_unavailable', message: 'payments cannot be reached' },
  });
});

test('the calls to payments for one order follow each other', async () => {
  const order: string[] = [];
  const url = await openTcpServer((socket) => {
    socket.on('data', (bytes) => {
      order.push(`> ${bytes.toString().split(' ')[1]}`);
      setTimeout(() => {
        order.push('<');
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{"points":1}');
      }, 50);
    });
  });
  const orders = await startExample(ORDERS, { PAYMENTS_URL: url });
  expect((await ask(`${orders.url}/orders/ord_1001`, 5_000))?.status).toBe(200);
  expect(order).toEqual(['> /charges/ch_1001', '<', '> /customers/cus_1001/rewards', '<']);
});

test('with a time limit and bounded retries in place, both answer a clear 504 within ten seconds', async () => {
  const folder = await copyRepaired();
  const { url } = await startExample(folder, { PAYMENTS_URL: await openHungServer() });
  const [read, created] = await Promise.all([
    ask(`${url}/orders/ord_1001`, 10_000),
    ask(`${url}/orders`, 10_000, NEW_ORDER),
  ]);
  expect([read?.status, created?.status]).toEqual([504, 504]);
  expect(await read?.json()).toEqual({
    error: { code: 'payments_timeout', message: 'payments did not answer in time' },
  });
});
