import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { connectTo, serveHttp, serveTcp } from '../proxy/support/servers.ts';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** Runs the command; `until` waits for what it prints. */
function runProxy(...given: readonly (string | NodeJS.ProcessEnv)[]) {
  const words = given.filter((word) => typeof word === 'string');
  const env = Object.assign({}, process.env, ...given.filter((word) => typeof word !== 'string'));
  const child = spawn(process.execPath, [CLI, 'proxy', ...words], { env });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    printed.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    printed.err += chunk;
  });
  const exited = once(child, 'exit');
  const until = async (text: RegExp) => {
    while (!text.test(printed.out + printed.err)) {
      await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), exited]);
    }
  };
  return { child, printed, exited, until };
}

test('breakwater proxy holds its proxies until it is stopped, then prints what passed', async () => {
  const upstream = await serveTcp((socket) => socket.pipe(socket));
  const { child, printed, exited, until } = runProxy(`tcp://127.0.0.1:${upstream}`);
  await until(/Ctrl-C ends\./);
  await until(/restart it\./);
  const peer = connectTo(Number(/listening on 127\.0\.0\.1:(\d+)/.exec(printed.out)?.[1]));
  peer.socket.write('hello');
  await peer.until((text) => text === 'hello');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(printed.out.slice(printed.out.indexOf('restart it.'))).toMatch(/127\.0\.0\.1:\d+/);
});

test('why an upstream was not reached is said, where a client sees nothing but a reset', async () => {
  const { child, printed, exited, until } = runProxy('tcp://127.0.0.1:1');
  await until(/Ctrl-C ends\./);
  const client = connectTo(Number(/listening on 127\.0\.0\.1:(\d+)/.exec(printed.out)?.[1]));
  await client.closed;
  child.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
  expect(printed.out).toContain('upstream not reached once: the upstream refused the connection');
});

test('several mappings to one upstream are several proxies', async () => {
  const upstream = await serveTcp((socket) => socket.end('heard'));
  const mapping = `tcp://127.0.0.1:${upstream}`;
  const { child, printed, exited, until } = runProxy(mapping, mapping);
  await until(/\(2\): listening on .*\n/);
  const ports = [...printed.out.matchAll(/listening on 127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
  expect(new Set(ports).size).toBe(2);
  for (const port of ports) {
    const client = connectTo(port);
    await client.ended;
    expect(client.text()).toBe('heard');
  }
  child.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
});

test('of a list of mappings with a slip nothing begins to listen', async () => {
  const { printed, exited } = runProxy('http://127.0.0.1:1', 'after_bytes=7');
  expect(await exited).toEqual([2, null]);
  expect(printed.err).toContain('Mapping "after_bytes=7": expected a port');
  expect(printed.out).toBe('');
});

test('a fault has its flag; what passes is shown as it goes on, and Ctrl-C ends in order with a summary', async () => {
  const upstream = await serveHttp((message, response) => {
    message.resume().on('end', () => response.end('0123456789'));
  });
  const { child, printed, exited, until } = runProxy(
    `http://127.0.0.1:${upstream}`,
    '--latency',
    '80ms',
    '--httperror',
    '503,only.path=/fail',
    '--seed',
    '7',
  );
  await until(/Ctrl-C ends\./);
  expect(printed.out).toContain(
    'delay 80 ms (response flow); answer 503 without the upstream (request flow), for /fail. Seed 7.',
  );
  const url = /http:\/\/127\.0\.0\.1:\d+(?=, usually)/.exec(printed.out)?.[0] ?? '';
  const startedAtMs = performance.now();
  expect((await fetch(url)).status).toBe(200);
  expect(performance.now() - startedAtMs).toBeGreaterThan(79);
  expect((await fetch(`${url}/fail`)).status).toBe(503);
  await until(/: \d connections, 2 exchanges, 3 hits, .* down, answered in/);
  child.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
  expect(printed.out).toMatch(/closed after \d connections, 2 exchanges, 3 hits, .* of which faults added/);
  // Plain lines, not a terminal's control characters.
  expect(printed.err).not.toContain('\u001b');
});

test.each([
  [['99999=foo'], /Mapping "99999=foo": expected a port from 0 to 65535, got "99999"/],
  [['--latency', 'soon'], /faults\.0\.mean: Expected number/],
  [['--bandwidth', '64 parsecs'], /faults\.0\.unit: /],
  [
    ['--httperror', '503'],
    /faults\.0 \(httperror\): httperror needs HTTP, and tcp:\/\/127\.0\.0\.1:\d+ is raw TCP/,
  ],
  [['--seed', 'x'], /seed: .*got "x"/],
])('%j is refused, and no proxy is left open', async (words, message) => {
  const upstream = await serveTcp((socket) => socket.end());
  const { printed, exited } = runProxy(`tcp://127.0.0.1:${upstream}`, ...words);
  expect(await exited).toEqual([2, null]);
  expect(printed.err).toMatch(message);
});

describe('--json', () => {
  const eventsOf = (out: string): Record<string, unknown>[] =>
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  test('says in one line each where it listens, that it is ready, and what passed in the end', async () => {
    const upstream = await serveTcp((socket) => socket.pipe(socket));
    const { child, printed, exited, until } = runProxy(
      ...[`psql://127.0.0.1:${upstream}`, '--latency', '5ms', '--seed', '7', '--json'],
    );
    await until(/"ready"/);
    const [open] = eventsOf(printed.out);
    const name = `psql://127.0.0.1:${upstream}`;
    expect(open).toEqual({
      event: 'open',
      name,
      address: `127.0.0.1:${open?.port}`,
      port: expect.any(Number),
      seed: 7,
      faults: ['delay 5 ms (response flow)'],
      url: `postgresql://127.0.0.1:${open?.port}`,
      upstream: name,
      env: {},
    });
    const peer = connectTo(Number(open?.port));
    peer.socket.write('hello');
    await peer.until((text) => text === 'hello');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    const events = eventsOf(printed.out);
    expect(events.map(({ event }) => event)).toEqual(['open', 'ready', 'closed']);
    const traffic = { connections: 1, exchanges: 1, hits: 1, requestBytes: 5, responseBytes: 5 };
    expect(events[2]).toMatchObject({ event: 'closed', name, traffic });
  });

  test('tells the variables by which clients trust a proxy that speaks TLS, and where the API is', async () => {
    const upstream = await serveHttp((_, response) => response.end('ok'));
    const stateHome = await makeTempFolder();
    const { child, printed, exited, until } = runProxy(
      { XDG_STATE_HOME: stateHome },
      ...[`http://127.0.0.1:${upstream}`, '--tls', '--toxiproxy', '127.0.0.1:0', '--json'],
    );
    await until(/"ready"/);
    const [open, api] = eventsOf(printed.out);
    expect(open).toMatchObject({
      url: `https://localhost:${open?.port}`,
      env: { NODE_EXTRA_CA_CERTS: expect.stringContaining(stateHome), SSL_CERT_FILE: expect.any(String) },
    });
    expect(api).toMatchObject({
      event: 'toxiproxy',
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    });
    const body = { name: 'db', upstream: `127.0.0.1:${upstream}` };
    await fetch(`${api?.url}/proxies`, { method: 'POST', body: JSON.stringify(body) });
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    const closed = eventsOf(printed.out).filter(({ event }) => event === 'closed');
    expect(closed).toMatchObject([
      { traffic: { hits: 0 } },
      { name: 'db', enabled: true, traffic: { hits: 0 } },
    ]);
  });

  test('an error is one line too', async () => {
    const { printed, exited } = runProxy('99999=foo', '--json');
    expect(await exited).toEqual([2, null]);
    expect(eventsOf(printed.out)).toMatchObject([{ error: { code: 'BAD_INPUT' } }]);
  });
});
