import { expect, test } from 'vitest';
import { hasToken, readRequestHead, readResponseHead, rewriteHead } from '../../src/proxy/http-head.ts';

const requestOf = (...lines: readonly string[]) => {
  const head = readRequestHead(Buffer.from([...lines, '', ''].join('\r\n'), 'latin1'));
  if (head === null) throw new Error('no head');
  return head;
};

test('the first line and the fields of a request are read', () => {
  const head = requestOf('GET /a?b=c HTTP/1.1', 'Host: x:1', 'Accept: a', 'ACCEPT:  b ', 'X-Empty:');
  expect([head.method, head.target, head.version]).toEqual(['GET', '/a?b=c', '1.1']);
  expect(head.values('accept')).toEqual(['a', 'b']);
  expect(head.values('x-empty')).toEqual(['']);
  expect(head.values('cookie')).toEqual([]);
});

test('lines that end in LF alone are lines', () => {
  const head = readRequestHead(Buffer.from('GET / HTTP/1.1\nHost: x\nAccept: a\n\n'));
  expect(head?.lines).toEqual(['Host: x', 'Accept: a']);
});

test('a folded line stays one field', () => {
  const head = requestOf('GET / HTTP/1.1', 'X-Long: one', ' two', 'Host: x');
  expect(head.names).toEqual(['x-long', 'host']);
  expect(head.values('x-long')[0]).toContain('two');
});

test('empty lines before a head are passed over', () => {
  expect(readRequestHead(Buffer.from('\r\n\r\nGET / HTTP/1.0\r\n\r\n'))?.version).toBe('1.0');
});

test('a token is found in any of several fields, whatever its case', () => {
  const head = requestOf('GET / HTTP/1.1', 'Connection: keep-alive', 'Connection: Upgrade, CLOSE');
  expect(hasToken(head, 'connection', 'close')).toBe(true);
  expect(hasToken(head, 'connection', 'clos')).toBe(false);
});

test('a head is written back byte for byte, but for what is exchanged', () => {
  const head = requestOf('GET / HTTP/1.1', 'Host: proxy', 'X-a:1', 'x-gone: 2');
  const written = rewriteHead(head, (name, line) => {
    if (name === 'x-gone') return null;
    return name === 'host' ? 'Host: upstream' : line;
  });
  expect(written.toString('latin1')).toBe('GET / HTTP/1.1\r\nHost: upstream\r\nX-a:1\r\n\r\n');
});

test('what is no head is none', () => {
  expect(readRequestHead(Buffer.from('SSH-2.0-x\r\n\r\n'))).toBeNull();
  expect(readResponseHead(Buffer.from('HTTP/1.1 20 OK\r\n\r\n'))).toBeNull();
  expect(readResponseHead(Buffer.from('HTTP/1.1 204\r\n\r\n'))?.status).toBe(204);
});
