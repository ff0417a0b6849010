import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Outbox } from '../../src/proxy/outbox.ts';

async function openPair(): Promise<{ readonly near: Socket; readonly far: Socket }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const near = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
  const [far]: Socket[] = await once(server, 'connection');
  if (far === undefined) throw new Error('nobody came');
  onTestFinished(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  return { near, far };
}

test('a head and a body that were read together leave by one write', async () => {
  const { near } = await openPair();
  const written = vi.spyOn(near, 'write');
  const read = Buffer.from('head|body');
  const outbox = new Outbox();
  outbox.add(read.subarray(0, 5));
  outbox.add(read.subarray(5));
  expect(outbox.bytes).toBe(9);
  outbox.writeTo(near);
  expect(written.mock.calls.map(([data]) => String(data))).toEqual(['head|body']);
  expect(outbox.bytes).toBe(0);
});

test('pieces from anywhere arrive whole and in order', async () => {
  const { near, far } = await openPair();
  const received: Buffer[] = [];
  far.on('data', (chunk) => received.push(chunk));
  const expected: Buffer[] = [];
  const outbox = new Outbox();
  const source = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(255), fc.nat(64)), { maxLength: 6 }), (cuts) => {
      for (const [start, length] of cuts) {
        const half = Math.floor(length / 2);
        outbox.add(source.subarray(start, start + half));
        outbox.add(source.subarray(start + half, start + length));
        expected.push(source.subarray(start, start + length));
      }
      outbox.writeTo(near);
    }),
    { numRuns: 200, seed: 1 },
  );
  near.end();
  await once(far, 'end');
  expect(Buffer.concat(received).equals(Buffer.concat(expected))).toBe(true);
});

test('a socket that takes nothing more gets nothing, and nothing is kept for it', async () => {
  const { near } = await openPair();
  near.destroy();
  const outbox = new Outbox();
  outbox.add(Buffer.from('late'));
  outbox.writeTo(near);
  expect(outbox.bytes).toBe(0);
});
