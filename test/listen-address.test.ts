import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { explainListenError, parseListenAddress } from '../src/listen-address.ts';

test.each([
  ['127.0.0.1:80', { host: '127.0.0.1', port: 80 }],
  ['[::1]:0', { host: '::1', port: 0 }],
  [':8666', { host: '', port: 8_666 }],
  ['7788', { host: null, port: 7_788 }],
])('%s is an address to listen at', (text, expected) => {
  expect(parseListenAddress(text)).toEqual(expected);
});

test.each(['', 'localhost', '::1:80', '[::g]:80', '[localhost]:80', '127.0.0.1:65536', '127.0.0.1:x', ':'])(
  '%j is none',
  (text) => {
    expect(parseListenAddress(text)).toBeNull();
  },
);

/** The error with which listening there ends. */
function listenError(port: number, host: string): Promise<unknown> {
  return new Promise((resolve) => {
    const server = createServer().once('error', resolve);
    onTestFinished(() => void server.close());
    server.listen(port, host);
  });
}

const HINTS = { taken: 'another', other: 'elsewhere' };

test('a taken port and an address of another machine are told apart', async () => {
  const holder = createServer();
  onTestFinished(() => void holder.close());
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const address = holder.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const taken = explainListenError(await listenError(port, '127.0.0.1'), { host: '127.0.0.1', port }, HINTS);
  expect(taken).toMatchObject({ code: 'PORT_IN_USE', hint: 'another' });
  expect(taken.message).toBe(`Port ${port} is taken by another program.`);
  // TEST-NET-1 (RFC 5737) is nobody's address.
  const elsewhere = { host: '192.0.2.1', port: 0 };
  const other = explainListenError(await listenError(0, elsewhere.host), elsewhere, HINTS);
  expect(other).toMatchObject({ code: 'BAD_INPUT', hint: 'elsewhere' });
  expect(other.message).toBe('192.0.2.1 port 0 cannot be listened on (EADDRNOTAVAIL).');
});
