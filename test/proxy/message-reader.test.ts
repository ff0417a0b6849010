import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRequestHead, readResponseHead } from '../../src/proxy/http-head.ts';
import { planRequestBody, planResponseBody } from '../../src/proxy/http-plan.ts';
import { MessageReader } from '../../src/proxy/message-reader.ts';

/** Reads requests from chunks and gives them as text, cut into messages; `|` stands between messages. */
function cut(chunks: readonly Buffer[]) {
  const messages: string[] = [''];
  let opaque = false;
  const add = (data: Buffer, last: boolean) => {
    messages[messages.length - 1] += data.toString('latin1');
    if (last) messages.push('');
  };
  const reader = new MessageReader({
    head(raw) {
      const head = readRequestHead(raw);
      const plan = head === null ? null : planRequestBody(head);
      if (plan !== null) add(raw, plan.kind === 'none');
      return plan;
    },
    body: add,
    opaque: () => {
      opaque = true;
    },
  });
  for (const chunk of chunks) reader.read(chunk);
  return { messages: messages.filter((text) => text !== ''), opaque, isInside: reader.isInside };
}

const MESSAGES = [
  'GET /a HTTP/1.1\r\nHost: x\r\n\r\n',
  'POST /b HTTP/1.1\r\nContent-Length: 11\r\n\r\nGET / HTTP/1',
  'PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhe\r\nl\r\nA\r\n0123456789\r\n0\r\n\r\n',
  'PUT /d HTTP/1.1\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\nX-Sum: 1\r\nX-Other: 2\r\n\r\n',
  'DELETE /e HTTP/1.1\r\nContent-Length: 0\r\nFolded: one\r\n two\r\n\r\n',
  '\r\nGET /f HTTP/1.0\n\n',
  '\r\n\r\n\nGET /g HTTP/1.1\nHost: x\n\r\n',
];
// The second message announces 11 bytes; mend its length to what stands there.
const CONVERSATION = MESSAGES.map((text) => text.replace('GET / HTTP/1', 'GET / HTTP/'));

test('wherever a conversation is cut, its messages and bytes are the same', () => {
  const whole = Buffer.from(CONVERSATION.join(''), 'latin1');
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: whole.length }), { maxLength: 30 }), (places) => {
      const cuts = [0, ...places.toSorted((a, b) => a - b), whole.length];
      const chunks = cuts.slice(1).map((end, index) => whole.subarray(cuts[index], end));
      const { messages, opaque, isInside } = cut(chunks);
      expect(messages).toEqual(CONVERSATION);
      expect([opaque, isInside]).toEqual([false, false]);
    }),
    { numRuns: 500 },
  );
});

test.each([
  'no http at all\r\n\r\n',
  'GET / HTTP/2.0\r\n\r\n',
  '\u0016\u0003\u0001\u0002',
  'POST / HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\nab',
  'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\nab',
  'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
  'POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\nab',
  'GET /\r\n',
])('%j is passed on unread', (text) => {
  const { messages, opaque } = cut([Buffer.from(text, 'latin1')]);
  expect(opaque).toBe(true);
  expect(messages).toEqual([text]);
});

test('a head that never ends is not kept for ever', () => {
  const chunks = Array.from({ length: 40 }, () => Buffer.from(`GET /${'x'.repeat(10_000)}`));
  expect(cut(chunks).opaque).toBe(true);
});

test('what is no chunk size is passed on unread', () => {
  const text = 'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nmore';
  expect(cut([Buffer.from(text)]).messages).toEqual([text]);
});

test.each([
  ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'GET', { kind: 'length', bytes: 5 }],
  ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'HEAD', { kind: 'none' }],
  ['HTTP/1.1 204 No Content\r\n\r\n', 'GET', { kind: 'none' }],
  ['HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', 'GET', { kind: 'none' }],
  ['HTTP/1.1 100 Continue\r\n\r\n', 'PUT', { kind: 'none' }],
  ['HTTP/1.1 101 Switching Protocols\r\n\r\n', 'GET', { kind: 'tunnel' }],
  ['HTTP/1.1 200\r\n\r\n', 'CONNECT', { kind: 'tunnel' }],
  ['HTTP/1.0 200 OK\r\n\r\n', 'GET', { kind: 'until_end' }],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n', 'GET', { kind: 'chunked' }],
])('the body of %j to %s ends as RFC 9112 has it', (raw, method, plan) => {
  const head = readResponseHead(Buffer.from(raw));
  expect(head && planResponseBody(head, method)).toEqual(plan);
});
