import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ReadBuffer } from '../../src/proxy/read-buffer.ts';
import { serveTcp } from './support/servers.ts';

/** Reads what `sizes` say, as a socket would; gives the buffers that it was given. */
function read(sizes: readonly number[], isKept: () => boolean) {
  const given: Uint8Array[] = [];
  const { onread } = new ReadBuffer(() => undefined, isKept);
  for (const size of sizes) {
    const buffer = typeof onread.buffer === 'function' ? onread.buffer() : onread.buffer;
    given.push(buffer);
    expect(onread.callback(Math.min(size, buffer.length), buffer)).toBe(true);
  }
  return given;
}

test('one buffer is read into as long as nothing of it is kept', () => {
  expect(new Set(read([10, 2_000, 1], () => false)).size).toBe(1);
  expect(new Set(read([10, 2_000, 1], () => true)).size).toBe(3);
});

test('it is large while a stream fills it, and small again for small messages', () => {
  const sizes = read([10, 1e6, 1e6, 5_000, 20_000, 300, 300], () => false).map(({ length }) => length);
  expect(sizes).toEqual([2_048, 2_048, 65_536, 65_536, 65_536, 65_536, 2_048]);
});

test('what a socket reads while all is kept arrives whole and in order', async () => {
  const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251));
  const port = await serveTcp((socket) => socket.end(sent));
  const kept: Buffer[] = [];
  const { onread } = new ReadBuffer(
    (chunk) => kept.push(chunk),
    () => true,
  );
  const socket = connect({ port, host: '127.0.0.1', onread });
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve) => socket.once('end', resolve));
  expect(Buffer.concat(kept).equals(sent)).toBe(true);
});
