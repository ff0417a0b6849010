import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { passWholeLines } from '../../src/transport/whole-lines.ts';

/** What comes out of `pieces`, and how many lines were dropped. */
async function pass(pieces: readonly Buffer[], limitBytes: number) {
  let dropped = 0;
  const lines = passWholeLines(limitBytes, () => {
    dropped += 1;
  });
  const passed: Buffer[] = [];
  for await (const chunk of Readable.from(pieces).pipe(lines)) passed.push(chunk);
  return { passed: Buffer.concat(passed).toString(), dropped };
}

test('lines come out whole and in order however the bytes were cut, and long ones are dropped', async () => {
  const line = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\n', ''));
  const cuts = fc.array(fc.nat(200), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 8 }), cuts, async (lines, places) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
      const edges = [0, ...places.map((at) => Math.min(at, bytes.length)), bytes.length].toSorted(
        (a, b) => a - b,
      );
      const pieces = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
      const kept = lines.filter((text) => Buffer.byteLength(text) <= 15);
      expect(await pass(pieces, 15)).toEqual({
        passed: Buffer.from(kept.map((text) => `${text}\n`).join('')).toString(),
        dropped: lines.length - kept.length,
      });
    }),
  );
});

test('a line without its end is not passed on', async () => {
  expect(await pass([Buffer.from('{"a":1}\n{"b"')], 100)).toEqual({ passed: '{"a":1}\n', dropped: 0 });
});
