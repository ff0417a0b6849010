import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { connectTo, serveTcp } from '../proxy/support/servers.ts';

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
