import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { request } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { CA, CERT, KEY } from '../support/certificates.ts';
import { programOf } from '../support/program.ts';
import { connectTo, openProxy, serveTcp } from '../support/servers.ts';

/** An HTTPS server that answers with the name that it was asked by (SNI). */
async function serveHttps() {
  const server = createHttpsServer({
    cert: CERT,
    key: KEY,
    ca: CA,
    requestCert: true,
    rejectUnauthorized: false,
  });
  server.on('request', (message, response) => {
    const socket = message.socket as TLSSocket & { servername?: string | false };
    response.end(
      `${socket.servername || 'no name'} ${socket.getPeerCertificate().subject?.CN ?? 'no certificate'}`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function get(port: number) {
  const { statusCode, headers, body } = await request(`http://127.0.0.1:${port}/`);
  return { status: statusCode, says: headers['x-breakwater'], text: await body.text() };
}

test('plain HTTP becomes TLS, with the name of the upstream and a CA of one’s own', async () => {
  const proxy = await openProxy(`https://localhost:${await serveHttps()}`, undefined, { tls: { ca: CA } });
  expect(await get(proxy.port)).toMatchObject({ status: 200, text: 'localhost no certificate' });
});

test('a client certificate and another name are used when given', async () => {
  const proxy = await openProxy(`https://127.0.0.1:${await serveHttps()}`, undefined, {
    tls: { ca: CA, cert: CERT, key: KEY, servername: 'shop.test' },
  });
  expect(await get(proxy.port)).toMatchObject({ status: 200, text: 'shop.test localhost' });
});

test('a certificate that nobody vouches for is refused, and said so', async () => {
  const proxy = await openProxy(`https://localhost:${await serveHttps()}`);
  expect(await get(proxy.port)).toMatchObject({ status: 502, says: 'upstream_tls_failed' });
});

test('a certificate for another name is refused', async () => {
  const proxy = await openProxy(`https://localhost:${await serveHttps()}`, undefined, {
    tls: { ca: CA, servername: 'other.test' },
  });
  expect(await get(proxy.port)).toMatchObject({ status: 502, says: 'upstream_tls_failed' });
});

test('HTTP faults work on an encrypted upstream', async () => {
  const proxy = await openProxy(
    `https://localhost:${await serveHttps()}`,
    programOf([{ type: 'httperror', status_code: 503, phase: 'response' }]),
    { tls: { ca: CA } },
  );
  expect(await get(proxy.port)).toMatchObject({ status: 503 });
});

test('raw bytes become TLS', async () => {
  const server = createTlsServer({ cert: CERT, key: KEY }, (socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const proxy = await openProxy(`tls://localhost:${(server.address() as AddressInfo).port}`, undefined, {
    tls: { ca: CA },
  });
  const client = connectTo(proxy.port);
  client.socket.write('in secret');
  await client.until((text) => text === 'in secret');
});

test('the upstream is offered http/1.1 and nothing else', async () => {
  let offered: unknown = null;
  const server = createHttpsServer({
    cert: CERT,
    key: KEY,
    ALPNCallback: ({ protocols }) => {
      offered = protocols;
      return 'http/1.1';
    },
  });
  server.on('request', (_, response) => response.end('x'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const proxy = await openProxy(`https://localhost:${port}`, undefined, { tls: { ca: CA } });
  expect(await get(proxy.port)).toMatchObject({ status: 200 });
  expect(offered).toEqual(['http/1.1']);
});

test('a PostgreSQL that has no TLS is not spoken to in the open', async () => {
  const seen: Buffer[] = [];
  const port = await serveTcp((socket) => {
    socket.on('data', (chunk) => {
      seen.push(chunk);
      socket.write('N');
    });
  });
  const proxy = await openProxy(`psqls://localhost:${port}`, undefined, { tls: { ca: CA } });
  const client = connectTo(proxy.port);
  client.socket.write('startup with a password');
  await client.closed;
  expect(Buffer.concat(seen)).toEqual(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
});

test('PostgreSQL is asked for TLS in its own way, and a client that asks the proxy is told no', async () => {
  const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
  const port = await serveTcp((socket) => {
    socket.once('data', (ask) => {
      if (!ask.equals(sslRequest)) return void socket.destroy();
      socket.write('S', () => {
        const secured = new TLSSocket(socket, { isServer: true, cert: CERT, key: KEY });
        secured.on('error', () => undefined);
        secured.pipe(secured);
      });
    });
  });
  const proxy = await openProxy(`psqls://localhost:${port}`, undefined, { tls: { ca: CA } });
  const client = connectTo(proxy.port);
  client.socket.write(sslRequest);
  await client.until((text) => text === 'N');
  client.socket.write('startup');
  await client.until((text) => text === 'Nstartup');
});
