import { expect, test } from 'vitest';
import { formatMapping, originKey, parseMapping } from '../../src/proxy/mapping.ts';

test.each([
  ['35432=psql://127.0.0.1:5432', 35_432, 'psql', '127.0.0.1', 5_432],
  ['127.0.0.1:6379', 0, 'tcp', '127.0.0.1', 6_379],
  ['http://api.example.com', 0, 'http', 'api.example.com', 80],
  ['https://api.example.com/v1/x', 0, 'https', 'api.example.com', 443],
  ['redis://cache', 0, 'redis', 'cache', 6_379],
  ['0=http://[::1]:8080', 0, 'http', '::1', 8_080],
  ['postgresql://app:secret@db:5432/shop', 0, 'psql', 'db', 5_432],
])('%s is read with the default port of its protocol', (text, listenPort, protocol, host, port) => {
  expect(parseMapping(text)).toEqual({ listenPort, upstream: { protocol, host, port } });
});

test.each([
  ['99999=foo', /port from 0 to 65535, got "99999"/],
  ['80=foo', /tcp has no default port/],
  ['ftp://host:21', /unknown protocol "ftp"/],
  ['http://', /the host is missing/],
  ['http://host:0', /port from 1 to 65535, got "0"/],
  ['http://host:http', /got "http"/],
  ['http://::1', /stands in brackets: \[::1\]/],
  ['tcp://[zz]:1', /IPv6 address in brackets/],
  ['http://a b:1', /no mapping/],
])('%s is an error that says what was expected', (text, message) => {
  expect(() => parseMapping(text)).toThrow(message);
});

test('an error does not repeat a password', () => {
  expect(() => parseMapping('ftp://user:hunter2@host:1')).toThrow(/^((?!hunter2).)*$/);
});

test('a mapping is written as it is read', () => {
  for (const text of ['35432=psql://127.0.0.1:5432', 'http://[::1]:8080', 'tls://host:853']) {
    expect(formatMapping(parseMapping(text))).toBe(text);
  }
});

test('loopback names are one origin, default ports are filled in, paths are ignored', () => {
  const same = ['http://localhost', 'http://127.0.0.1:80/users', 'http://[::1]/', 'LOCALHOST:80'];
  expect(new Set(same.map(originKey)).size).toBe(1);
  expect(originKey('https://localhost')).not.toBe(originKey('http://localhost'));
  expect(originKey({ protocol: 'psql', host: '::1', port: 5_432 })).toBe(originKey('psql://localhost'));
  expect(originKey('http://[2001:DB8:0:0::1]')).toBe(originKey('http://[2001:db8::1]'));
  expect(originKey('http://[2001:db8::2]')).not.toBe(originKey('http://[2001:db8::1]'));
});
