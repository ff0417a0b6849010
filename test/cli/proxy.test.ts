import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { connectTo, serveHttp, serveTcp } from '../proxy/support/servers.ts';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** Runs the command; `until` waits for what it prints. */
function runProxy(...words: readonly string[]) {
  const child = spawn(process.execPath, [CLI, 'proxy', ...words]);
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
  const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
  const child = spawn(process.execPath, [cli, 'proxy', `tcp://127.0.0.1:${upstream}`]);
  const exited = once(child, 'exit');
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  // Said last, when all are open.
  await once(child.stderr, 'data');
  const peer = connectTo(Number(/listening on 127\.0\.0\.1:(\d+)/.exec(printed)?.[1]));
  peer.socket.write('hello');
  await peer.until((text) => text === 'hello');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(printed.slice(printed.indexOf('restart it.'))).toMatch(/127\.0\.0\.1:\d+/);
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
  [['--latency', 'soon'], /faults\.0\.mean: .*expected number/],
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
