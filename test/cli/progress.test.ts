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
  expect(read()).toBe('\r\u001b[2K██████████░░░░░░░░░░ 3/6 latency on GET /orders');
  progress.clear();
  expect(read()).toBe('\r\u001b[2K');
});

test('on a narrow terminal the bar goes and the message is cut to one line', () => {
  const { stream, read } = terminal(20);
  openProgress(stream).show(3, 6, 'latency on GET /orders/{order_id}');
  expect(read()).toBe('\r\u001b[2Klatency on GET /or…');
});

test('elsewhere it is plain lines, and not one for each step', () => {
  const stream = new PassThrough();
  const progress = openProgress(stream);
  progress.show(1, 6, 'one');
  progress.show(2, 6, 'two');
  progress.clear();
  expect(String(stream.read())).toBe('1/6 one\n');
});
