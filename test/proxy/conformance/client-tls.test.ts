import { createServer } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { Agent, request } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAuthority, createServerCertificate } from '../../../src/certificate.ts';
import { CA } from '../support/certificates.ts';
import { programOf } from '../support/program.ts';
import { connectTo, openProxy, serveHttp, serveTcp } from '../support/servers.ts';

const AUTHORITY = createAuthority('Test CA', new Date());
const clientTls = createServerCertificate(
  AUTHORITY,
  ['localhost', '127.0.0.1', '::1', 'shop.test'],
  new Date(),
);

async function overHttps(faults: readonly object[] = []) {
  const hosts: (string | undefined)[] = [];
  const upstream = await serveHttp((message, response) => {
    hosts.push(message.headers.host);
    message.resume().on('end', () => response.end('0123456789'));
  });
  const proxy = await openProxy(`http://127.0.0.1:${upstream}`, programOf(faults), { clientTls });
  const agent = new Agent({ connect: { ca: AUTHORITY.cert } });
  onTestFinished(() => agent.destroy());
  return {
    proxy,
    upstream,
    hosts,
    call: async (host = 'localhost') => {
      const { statusCode, body } = await request(`https://${host}:${proxy.port}/orders`, {
        dispatcher: agent,
      });
      return { status: statusCode, text: await body.text() };
    },
  };
}

/** A TLS client that trusts the CA given; what comes in is collected. */
function secure(port: number, options: ConnectionOptions & { readonly allowHalfOpen?: boolean } = {}) {
  const socket = connectTls({
    port,
    host: '127.0.0.1',
    ca: AUTHORITY.cert,
    servername: 'localhost',
    ...options,
  });
  let text = '';
  let code: string | null = null;
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    code = error.code ?? error.message;
  });
  onTestFinished(() => {
    socket.destroy();
  });
  const secured = new Promise<TLSSocket>((resolve) => socket.once('secureConnect', () => resolve(socket)));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const until = async (whole: string) => {
    while (text !== whole) await new Promise((resolve) => socket.once('data', resolve));
  };
  return { socket, secured, closed, until, text: () => text, code: () => code };
}

describe('TLS towards the client', () => {
  test('is HTTP inside, for each name of this machine, and the upstream sees its own name', async () => {
    const { call, hosts, upstream, proxy } = await overHttps();
    for (const host of ['localhost', '127.0.0.1']) {
      expect(await call(host)).toEqual({ status: 200, text: '0123456789' });
    }
    expect(hosts).toEqual([`127.0.0.1:${upstream}`, `127.0.0.1:${upstream}`]);
    expect((await proxy.takeExchanges()).exchanges).toMatchObject([
      { method: 'GET', path: '/orders', status: 200, outcome: 'complete' },
      { method: 'GET', path: '/orders', status: 200, outcome: 'complete' },
    ]);
  });

  test('HTTP faults act behind it', async () => {
    const { call } = await overHttps([{ type: 'httperror', status_code: 503, only: { path: '/orders' } }]);
    expect(await call()).toMatchObject({ status: 503 });
  });

  test('a client that does not trust the CA is refused, and the upstream sees nothing of it', async () => {
    const { proxy, hosts } = await overHttps();
    for (const [ca, code] of [
      [CA, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
      [createAuthority('Test CA', new Date()).cert, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ]) {
      const client = secure(proxy.port, { ca });
      await client.closed;
      expect(client.code()).toBe(code);
    }
    expect(hosts).toEqual([]);
    expect(await proxy.traffic()).toMatchObject({ exchanges: 0, openConnections: 0 });
  });

  test('a name that the certificate is not for is refused by the client', async () => {
    const { proxy } = await overHttps();
    const client = secure(proxy.port, { servername: 'other.test' });
    await client.closed;
    expect(client.code()).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  test('http/1.1 is agreed on, and a client that speaks nothing else than HTTP/2 is told so', async () => {
    const { proxy } = await overHttps();
    const both = secure(proxy.port, { ALPNProtocols: ['h2', 'http/1.1'] });
    expect((await both.secured).alpnProtocol).toBe('http/1.1');
    const only = secure(proxy.port, { ALPNProtocols: ['h2'] });
    await only.closed;
    expect(only.code()).toBe('ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL');
  });

  test('a client that speaks no TLS gets no answer, and the proxy goes on', async () => {
    const { proxy, call, hosts } = await overHttps();
    const plain = connectTo(proxy.port);
    plain.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await plain.ended;
    expect(plain.text()).not.toContain('HTTP');
    expect(hosts).toEqual([]);
    expect(await call()).toMatchObject({ status: 200 });
  });

  test('raw bytes pass it too, half-close included', async () => {
    const upstream = await serveTcp((socket) => {
      let seen = '';
      socket.on('data', (chunk) => {
        seen += chunk;
      });
      socket.on('end', () => socket.end(`after the end: ${seen}`));
    });
    const proxy = await openProxy(`tcp://127.0.0.1:${upstream}`, programOf([]), { clientTls });
    const client = secure(proxy.port, { allowHalfOpen: true });
    await client.secured;
    client.socket.end('hello');
    await client.until('after the end: hello');
  });

  test('a reset is one below TLS', async () => {
    const { proxy } = await overHttps([{ type: 'reset' }]);
    const client = secure(proxy.port);
    await client.secured;
    client.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.closed;
    expect(client.code()).toBe('ECONNRESET');
  });

  test('a proxy closes while a client has not finished its handshake', async () => {
    const { proxy } = await overHttps();
    const silent = connectTo(proxy.port);
    await new Promise((resolve) => silent.socket.once('connect', resolve));
    // The proxy has accepted it once it answers another one.
    const other = secure(proxy.port);
    await other.secured;
    await proxy.close();
    await Promise.all([silent.ended, other.closed]);
    const again = createServer();
    await new Promise<void>((resolve) => again.listen(proxy.port, '127.0.0.1', resolve));
    await new Promise((resolve) => again.close(resolve));
  });
});
