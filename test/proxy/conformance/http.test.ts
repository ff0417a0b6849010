import { Agent, request as nodeRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { connectTo, openProxy, serveHttp, serveTcp } from '../support/servers.ts';

/** An upstream of raw bytes: answers each request head with `answer`, and notes what came. */
async function rawUpstream(answer: string) {
  const seen: string[] = [];
  const port = await serveTcp((socket) => {
    socket.on('data', (chunk) => {
      seen.push(chunk.toString('latin1'));
      if (seen.join('').includes('\r\n\r\n')) socket.write(answer, 'latin1');
    });
    socket.on('end', () => socket.end());
  });
  const proxy = await openProxy(`http://127.0.0.1:${port}`);
  return { seen, proxy, text: () => seen.join('') };
}

async function through(
  listener: Parameters<typeof serveHttp>[0],
  configure?: Parameters<typeof serveHttp>[1],
) {
  const upstreamPort = await serveHttp(listener, configure);
  const proxy = await openProxy(`http://127.0.0.1:${upstreamPort}`);
  return { proxy, upstreamPort, url: `http://127.0.0.1:${proxy.port}` };
}

test('a request arrives byte for byte: order, case, doubles and spacing of its fields', async () => {
  const { text, proxy } = await rawUpstream('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  const sent =
    'GET /a%20b?x=1&x=2 HTTP/1.1\r\nHOST: example.com\r\nX-a:  1\r\nx-A: 2\r\nCookie: a=b; c=d\r\n\r\n';
  const client = connectTo(proxy.port);
  client.socket.write(sent);
  await client.until((seen) => seen.endsWith('ok'));
  expect(text()).toBe(sent);
});

test('an answer arrives byte for byte: several Set-Cookie, reason, odd case', async () => {
  const answer =
    'HTTP/1.1 299 Quite Fine\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\nX-ODD:v\r\nLocation: /else\r\nContent-Length: 2\r\n\r\nok';
  const { proxy } = await rawUpstream(answer);
  const client = connectTo(proxy.port);
  client.socket.write('GET / HTTP/1.1\r\nHost: example.com\r\n\r\n');
  expect(await client.until((seen) => seen.endsWith('ok'))).toBe(answer);
});

test('a Host that names the proxy becomes the upstream’s, another one stays', async () => {
  const hosts: (string | undefined)[] = [];
  const { proxy, upstreamPort } = await through((message, response) => {
    hosts.push(message.headers.host);
    response.end();
  });
  for (const host of [`127.0.0.1:${proxy.port}`, `LOCALHOST:${proxy.port}`, 'shop.example']) {
    const { body } = await request(`http://127.0.0.1:${proxy.port}/`, { headers: { host } });
    await body.dump();
  }
  expect(hosts).toEqual([`127.0.0.1:${upstreamPort}`, `127.0.0.1:${upstreamPort}`, 'shop.example']);
});

test('the number of an exchange reaches the ledger and not the upstream', async () => {
  const seen: unknown[] = [];
  const { proxy, url } = await through((message, response) => {
    seen.push(message.headers['x-breakwater-exchange']);
    response.end();
  });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const { body } = await request(`${url}/x?token=secret`, {
    headers: { 'X-Breakwater-Exchange': '42', traceparent },
  });
  await body.dump();
  expect(seen).toEqual([undefined]);
  const { exchanges } = await proxy.takeExchanges();
  expect(exchanges).toMatchObject([{ number: 42, traceparent, path: '/x' }]);
});

test('a redirect is not followed', async () => {
  const { url } = await through((_, response) => response.writeHead(302, { location: '/else' }).end());
  const { statusCode, headers, body } = await request(url);
  await body.dump();
  expect([statusCode, headers.location]).toEqual([302, '/else']);
});

test('a compressed body is not decompressed', async () => {
  const packed = gzipSync('hello');
  const { url } = await through((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length }).end(packed),
  );
  const { headers, body } = await request(url);
  expect(headers['content-encoding']).toBe('gzip');
  expect(Buffer.from(await body.arrayBuffer()).equals(packed)).toBe(true);
});

test('one connection carries many requests on both sides', async () => {
  const ports = new Set<number | undefined>();
  const { proxy } = await through((message, response) => {
    ports.add(message.socket.remotePort);
    message.resume().on('end', () => response.end('ok'));
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let call = 0; call < 5; call += 1) {
    await new Promise<void>((resolve, reject) => {
      nodeRequest({ port: proxy.port, agent, method: 'POST' }, (answer) => {
        answer.resume().on('end', resolve);
      })
        .on('error', reject)
        .end(`body ${call}`);
    });
  }
  agent.destroy();
  expect(ports.size).toBe(1);
  const { exchanges } = await proxy.takeExchanges();
  expect(exchanges.map(({ number, connection, outcome }) => [number, connection, outcome])).toEqual(
    [0, 1, 2, 3, 4].map((number) => [number, 0, 'complete']),
  );
});

test('exchanges are counted by requests alone, however connections end', async () => {
  const { proxy } = await through((_, response) => response.end());
  for (let call = 0; call < 3; call += 1) {
    const client = connectTo(proxy.port);
    client.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.until((seen) => seen.includes('\r\n\r\n'));
    client.socket.end();
    await client.ended;
  }
  const { exchanges } = await proxy.takeExchanges();
  expect(exchanges.map(({ number }) => number)).toEqual([0, 1, 2]);
  expect((await proxy.traffic()).exchanges).toBe(3);
});

test('pipelined requests are answered in order', async () => {
  const { proxy } = await through((message, response) => response.end(`<${message.url}>`));
  const client = connectTo(proxy.port);
  client.socket.write(['/a', '/b', '/c'].map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''));
  const text = await client.until((seen) => seen.includes('</c>'));
  expect(text.match(/<\/\w>/g)).toEqual(['</a>', '</b>', '</c>']);
  expect((await proxy.takeExchanges()).exchanges.map(({ path }) => path)).toEqual(['/a', '/b', '/c']);
});

test('a chunked body passes both ways, trailers included', async () => {
  const { proxy } = await through((message, response) => {
    response.writeHead(200, { trailer: 'x-sum' });
    message.on('data', (chunk) => response.write(chunk));
    message.on('end', () => {
      response.addTrailers({ 'x-sum': String(message.trailers['x-check']) });
      response.end();
    });
  });
  const answer = await new Promise<{ text: string; sum: string | undefined }>((resolve, reject) => {
    const call = nodeRequest(
      { port: proxy.port, method: 'POST', headers: { trailer: 'x-check' } },
      (message) => {
        let text = '';
        message.on('data', (chunk) => {
          text += chunk;
        });
        message.on('end', () => resolve({ text, sum: message.trailers['x-sum'] }));
      },
    ).on('error', reject);
    call.write('one ');
    call.write('two');
    call.addTrailers({ 'x-check': '7' });
    call.end();
  });
  expect(answer).toEqual({ text: 'one two', sum: '7' });
  expect((await proxy.takeExchanges()).exchanges).toMatchObject([{ outcome: 'complete' }]);
});

test('Expect: 100-continue is answered by the upstream before the body is sent', async () => {
  const { proxy } = await through((message, response) =>
    message.resume().on('end', () => response.end('done')),
  );
  const steps: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const call = nodeRequest(
      { port: proxy.port, method: 'PUT', headers: { expect: '100-continue', 'content-length': 4 } },
      (message) => message.resume().on('end', resolve),
    ).on('error', reject);
    call.on('continue', () => {
      steps.push('continue');
      call.end('body');
    });
    call.flushHeaders();
  });
  expect(steps).toEqual(['continue']);
  expect((await proxy.takeExchanges()).exchanges).toMatchObject([{ status: 200, outcome: 'complete' }]);
});

test.each([
  ['HEAD', 200, { 'content-length': '5' }],
  ['GET', 204, {}],
  ['GET', 304, { etag: '"x"', 'content-length': '5' }],
])('%s %i has no body, and the connection goes on', async (method, status, headers) => {
  const { proxy } = await through((message, response) => {
    if (message.url === '/next') response.end('next');
    else response.writeHead(status, headers).end();
  });
  const client = connectTo(proxy.port);
  client.socket.write(`${method} / HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n`);
  await client.until((seen) => seen.endsWith('next'));
  const { exchanges } = await proxy.takeExchanges();
  expect(exchanges.map((exchange) => exchange.status)).toEqual([status, 200]);
});

test('an answer without a length ends with its connection', async () => {
  const port = await serveTcp((socket) => {
    socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nuntil the end'));
  });
  const proxy = await openProxy(`http://127.0.0.1:${port}`);
  const { body } = await request(`http://127.0.0.1:${proxy.port}/`);
  expect(await body.text()).toBe('until the end');
  expect((await proxy.takeExchanges()).exchanges).toMatchObject([{ outcome: 'complete' }]);
});

test('server-sent events flow as they come', async () => {
  let send: (text: string) => void = () => undefined;
  const { proxy } = await through((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    send = (text) => response.write(`data: ${text}\n\n`);
    send('one');
  });
  const client = connectTo(proxy.port);
  client.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await client.until((seen) => seen.includes('data: one'));
  send('two');
  await client.until((seen) => seen.includes('data: two'));
});

test('an upgrade becomes a tunnel of raw bytes', async () => {
  const { proxy } = await through(
    (_, response) => response.end(),
    (server) =>
      server.on('upgrade', (_message, socket) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n');
        socket.pipe(socket);
      }),
  );
  const client = connectTo(proxy.port);
  client.socket.write('GET / HTTP/1.1\r\nHost: x\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n');
  await client.until((seen) => seen.endsWith('\r\n\r\n'));
  client.socket.write('\u0000GET no http\r\n\r\n\u00ff', 'latin1');
  await client.until((seen) => seen.endsWith('\u0000GET no http\r\n\r\n\u00ff'));
  client.socket.end();
  await client.ended;
});

test('what is no HTTP/1 passes unread', async () => {
  const port = await serveTcp((socket) => socket.pipe(socket));
  const proxy = await openProxy(`http://127.0.0.1:${port}`);
  for (const preface of ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '\u0016\u0003\u0001 hello']) {
    const client = connectTo(proxy.port);
    client.socket.end(preface, 'latin1');
    await client.ended;
    expect(client.text()).toBe(preface);
  }
});

test('an upstream that is down is 502, each time, on one connection', async () => {
  const proxy = await openProxy('http://127.0.0.1:1');
  const client = connectTo(proxy.port);
  for (const count of [1, 2]) {
    client.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.until((seen) => seen.split('upstream_refused"').length > count);
  }
  expect(client.text()).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n.*x-breakwater: upstream_refused\r\n/s);
  expect((await proxy.takeExchanges()).exchanges).toMatchObject([
    { outcome: 'upstream_refused', status: 502 },
    { outcome: 'upstream_refused', status: 502 },
  ]);
});

test('an idle connection that the upstream closes is closed towards the client, never a false 502', async () => {
  const { proxy } = await through(
    (_, response) => response.end('ok'),
    (server) => {
      server.keepAliveTimeout = 1;
    },
  );
  const client = connectTo(proxy.port);
  client.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await client.ended;
  expect(client.text()).toMatch(/^HTTP\/1\.1 200/);
});

test('an upstream that resets in the middle of an answer is seen as that', async () => {
  let reset: () => void = () => undefined;
  const port = await serveTcp((socket) => {
    reset = () => socket.resetAndDestroy();
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart'));
  });
  const proxy = await openProxy(`http://127.0.0.1:${port}`);
  const client = connectTo(proxy.port);
  client.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await client.until((seen) => seen.endsWith('part'));
  reset();
  await client.closed;
  expect(client.error()?.code).toBe('ECONNRESET');
  expect((await proxy.takeExchanges()).exchanges).toMatchObject([
    { outcome: 'upstream_reset', injectedMs: null },
  ]);
});

test('a client that gives up is in the ledger as gone', async () => {
  const { proxy } = await through(() => undefined);
  const client = connectTo(proxy.port);
  client.socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
  await expect.poll(async () => (await proxy.traffic()).exchanges, { interval: 5, timeout: 5_000 }).toBe(1);
  client.socket.destroy();
  await client.closed;
  expect((await proxy.takeExchanges()).exchanges).toMatchObject([{ path: '/slow', outcome: 'client_gone' }]);
});
