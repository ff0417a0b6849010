import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { openLiveStatus } from '../../src/cli/live-status.ts';

function readFrom(texts: readonly string[]) {
  let reads = 0;
  return async () => texts[reads++] ?? '';
}

test('on a terminal one line is rewritten, and cleared at the end', async () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const status = openLiveStatus(stream, readFrom(['api: 1 exchanges', 'api: 2 exchanges']));
  await status.refresh();
  await status.refresh();
  status.end();
  expect(String(stream.read())).toBe('\r\u001b[2Kapi: 1 exchanges\r\u001b[2Kapi: 2 exchanges\r\u001b[2K');
});

test('elsewhere it is a plain line each time that something changed', async () => {
  const stream = new PassThrough();
  const status = openLiveStatus(stream, readFrom(['one', 'one', 'two']));
  for (let count = 0; count < 3; count += 1) await status.refresh();
  status.end();
  expect(String(stream.read())).toBe('one\ntwo\n');
});

test('what is read while it ends is not shown any more', async () => {
  const stream = new PassThrough();
  let give = (_text: string) => {};
  const status = openLiveStatus(stream, () => new Promise((resolve) => (give = resolve)));
  const refreshing = status.refresh();
  status.end();
  give('late');
  await refreshing;
  expect(stream.read()).toBeNull();
});
