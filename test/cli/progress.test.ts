import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { openProgress } from '../../src/cli/progress.ts';

function terminal(columns: number) {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns });
  return { stream, read: () => String(stream.read() ?? '') };
}

test('on a terminal the line is rewritten in place and cleared at the end', () => {
  const { stream, read } = terminal(80);
  const progress = openProgress(stream);
  progress.show(3, 6, 'latency on GET /orders');
  expect(read()).toBe('\r\u001b[2K█████░░░░░ 3/6 latency on GET /orders');
  progress.clear();
  expect(read()).toBe('\r\u001b[2K');
});

test('on a narrow terminal the bar goes and the message is cut to one line', () => {
  const { stream, read } = terminal(20);
  openProgress(stream).show(3, 6, 'latency on GET /orders/{order_id}');
  expect(read()).toBe('\r\u001b[2Klatency on GET /or…');
});

test('on a wide terminal the whole message stands beside the bar, which moves within an item', () => {
  const { stream, read } = terminal(200);
  const message = `latency on GET /${'orders/'.repeat(18)}`;
  openProgress(stream).show(3.5, 5, message);
  expect(read()).toBe(`\r\u001b[2K██████████████░░░░░░ 3/5 ${message}`);
});

test.each([10, 40, 59, 60, 80, 120, 300])('no line is longer than a terminal of %i columns', (columns) => {
  const { stream, read } = terminal(columns);
  openProgress(stream).show(
    1,
    24,
    'latency + bandwidth on GET /orders — 12 of 80 requests failed (about 9 s left)',
  );
  const [line = ''] = read().split('\u001b[2K').slice(1);
  expect([...line].length).toBeLessThan(columns);
  expect(line).not.toContain('\n');
});

test('on a terminal that does not know its size the line is as on one of 80 columns', () => {
  const { stream, read } = terminal(0);
  openProgress(stream).show(0, 0, 'x'.repeat(100));
  expect(read()).toBe(`\r\u001b[2K${'x'.repeat(78)}…`);
});

test('elsewhere it is plain lines, and not one for each step', () => {
  const stream = new PassThrough();
  const progress = openProgress(stream);
  progress.show(1, 6, 'one');
  progress.show(2, 6, 'two');
  progress.clear();
  expect(String(stream.read())).toBe('1/6 one\n');
});
