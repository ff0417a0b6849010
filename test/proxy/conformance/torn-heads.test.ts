import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { connectTo, openProxy, serveTcp } from '../support/servers.ts';

const REQUEST = 'GET /torn HTTP/1.1\r\nHost: x\r\n\r\n';

/** A proxy to an upstream of raw bytes that does `react` for what has come so far, whenever more comes or ends. */
async function openTo(react: (socket: Socket, seen: string, ended: boolean) => void) {
  const port = await serveTcp((socket) => {
    let seen = '';
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1');
      react(socket, seen, false);
    });
    socket.on('end', () => react(socket, seen, true));
  });
  const proxy = await openProxy(`http://127.0.0.1:${port}`);
  return { proxy, client: connectTo(proxy.port) };
}

test('the part of a request that a client sends before it ends arrives, and is answered', async () => {
  const { client } = await openTo((socket, seen, ended) => {
    if (ended) socket.end(`got ${JSON.stringify(seen)}`);
  });
  client.socket.end('GET / HTTP/1.1\r\nHos');
  await client.ended;
  expect(client.text()).toBe('got "GET / HTTP/1.1\\r\\nHos"');
});

test('a part of a second request does not change the answer to the first', async () => {
  const { client, proxy } = await openTo((socket, seen, ended) => {
    if (ended) socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${seen.length}\r\n\r\n${seen}`);
  });
  client.socket.end(`${REQUEST}GET /par`);
  await client.ended;
  expect(client.text()).toBe(
    `HTTP/1.1 200 OK\r\nContent-Length: ${REQUEST.length + 8}\r\n\r\n${REQUEST}GET /par`,
  );
  const { exchanges } = await proxy.takeExchanges();
  expect(exchanges).toMatchObject([{ path: '/torn', status: 200, outcome: 'complete' }]);
});

test.each(['end', 'resetAndDestroy'] as const)(
  'the part of an answer before the upstream’s %s arrives',
  async (endAs) => {
    const part = 'HTTP/1.1 200 OK\r\nConte';
    const upstreams: Socket[] = [];
    const { client, proxy } = await openTo((socket, seen) => {
      if (seen !== REQUEST) return;
      upstreams.push(socket);
      socket.write(part);
    });
    client.socket.write(REQUEST);
    await expect
      .poll(async () => (await proxy.traffic()).responseBytes, { interval: 5, timeout: 10_000 })
      .toBe(part.length);
    for (const upstream of upstreams) upstream[endAs]();
    await client.ended;
    expect(client.text()).toBe(part);
    client.socket.destroy();
    await client.closed;
    const { exchanges } = await proxy.takeExchanges();
    expect(exchanges).toMatchObject([
      { path: '/torn', outcome: 'upstream_reset', responseBytes: part.length },
    ]);
  },
);

test('heads whose lines end one way and whose empty line ends another are heads', async () => {
  const sent = 'GET /torn HTTP/1.1\nHost: x\n\r\n';
  const answer = 'HTTP/1.1 200 OK\nContent-Length: 2\n\r\nok';
  const { client, proxy } = await openTo((socket, seen) => {
    if (seen === sent) socket.write(answer);
  });
  client.socket.write(sent);
  expect(await client.until((seen) => seen.endsWith('ok'))).toBe(answer);
  expect((await proxy.takeExchanges()).exchanges).toMatchObject([{ path: '/torn', status: 200 }]);
});

test('a line that begins no message of HTTP/1 is not kept back', async () => {
  const { client } = await openTo((socket, seen) => {
    if (seen === 'PING\r\n') socket.write('+PONG\r\n');
  });
  client.socket.write('PING\r\n');
  await client.until((seen) => seen === '+PONG\r\n');
});
