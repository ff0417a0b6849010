import { expect, test } from 'vitest';
import { type AuthScheme, authEntry, toAuthScheme } from '../src/auth.ts';
import { resolveCredentials } from '../src/credentials.ts';
import { hideSecrets } from '../src/scenario/hide-secrets.ts';
import type { Call } from '../src/types.ts';

const VARIABLES: Readonly<Record<string, string>> = { TOKEN: 'to ken', USER: 'ann', PASSWORD: 'pass:wörd' };
const read = (name: string) => VARIABLES[name] ?? null;
const scheme = (name: string, entry: object): AuthScheme => toAuthScheme(name, authEntry.parse(entry));
const call = (more: Partial<Call> = {}): Call => ({
  method: 'GET',
  url: 'http://127.0.0.1/a',
  headers: {},
  body: null,
  timeoutMs: 1_000,
  operationId: null,
  ...more,
});
const send = (made: Call, ...schemes: AuthScheme[]) => resolveCredentials([made], schemes, read).apply(made);

test.each([
  [{ type: 'bearer', env: 'TOKEN' }, { headers: { authorization: 'Bearer to ken' } }],
  [{ type: 'bearer', value: `$\{TOKEN}` }, { headers: { authorization: 'Bearer to ken' } }],
  [
    { type: 'basic', username: `$\{USER}`, password: `$\{PASSWORD}` },
    { headers: { authorization: `Basic ${Buffer.from('ann:pass:wörd').toString('base64')}` } },
  ],
  [
    { type: 'basic', username: 'bob', env: 'PASSWORD' },
    { headers: { authorization: `Basic ${Buffer.from('bob:pass:wörd').toString('base64')}` } },
  ],
  [{ type: 'apiKey', in: 'header', name: 'X-Key', env: 'TOKEN' }, { headers: { 'x-key': 'to ken' } }],
  [{ type: 'apiKey', in: 'cookie', name: 'sid', env: 'TOKEN' }, { headers: { cookie: 'sid=to ken' } }],
  [{ type: 'api_key', in: 'query', name: 'k y', env: 'TOKEN' }, { url: 'http://127.0.0.1/a?k%20y=to%20ken' }],
])('%j is sent as its type says', (entry, sent) => {
  expect(send(call(), scheme('default', entry))).toEqual(call(sent));
});

test('a query and cookies that are there already are kept', () => {
  const query = scheme('q', { type: 'apiKey', in: 'query', name: 'key', env: 'TOKEN' });
  const cookie = scheme('c', { type: 'apiKey', in: 'cookie', name: 'sid', env: 'TOKEN' });
  const made = call({
    url: 'http://127.0.0.1/{x}?a=1#f',
    headers: { Cookie: 'theme=dark' },
    auth: ['q', 'c'],
  });
  expect(send(made, query, cookie)).toMatchObject({
    url: 'http://127.0.0.1/{x}?a=1&key=to%20ken#f',
    headers: { cookie: 'theme=dark; sid=to ken' },
  });
});

test('what the call states itself wins, a masked value does not', () => {
  const bearer = scheme('default', { type: 'bearer', env: 'TOKEN' });
  expect(send(call({ headers: { Authorization: 'Bearer wrong' } }), bearer).headers).toEqual({
    Authorization: 'Bearer wrong',
  });
  expect(send(call({ headers: { Authorization: '***' } }), bearer).headers).toEqual({
    authorization: 'Bearer to ken',
  });
});

test('a call gets the schemes that it names, the default one else, and none for an empty list', () => {
  const schemes = [
    scheme('default', { type: 'bearer', env: 'TOKEN' }),
    scheme('key', { type: 'apiKey', in: 'header', name: 'X-Key', env: 'USER' }),
  ];
  expect(send(call({ auth: ['key'] }), ...schemes).headers).toEqual({ 'x-key': 'ann' });
  expect(send(call({ auth: ['other'] }), ...schemes).headers).toEqual({ authorization: 'Bearer to ken' });
  expect(send(call({ auth: [] }), ...schemes).headers).toEqual({});
  const { missing, secrets } = resolveCredentials([call({ auth: ['other'] })], schemes.slice(1), read);
  expect(missing).toEqual(['other']);
  expect(secrets).toEqual([]);
});

test('a variable that is not set is an error that names it; one that no call needs is not looked at', () => {
  const absent = scheme('default', { type: 'bearer', env: 'ABSENT' });
  expect(() => resolveCredentials([call()], [absent], read)).toThrow(
    /auth\.default: the variable ABSENT is not set/,
  );
  expect(resolveCredentials([call({ auth: [] })], [absent], read).secrets).toEqual([]);
});

test.each([
  [{ type: 'bearer', value: 'secret' }, 'secrets do not belong in this file'],
  [{ type: 'bearer' }, 'missing: env: NAME'],
  [{ type: 'basic', env: 'P' }, 'missing: username'],
  [{ type: 'apiKey', env: 'P', name: 'k' }, 'missing: in'],
])('%j is refused', (entry, message) => {
  expect(authEntry.safeParse(entry).error?.message).toContain(message);
});

test('secrets are masked wherever they stand, in their encoded forms too', () => {
  const basic = scheme('default', { type: 'basic', username: 'ann', env: 'PASSWORD' });
  const { secrets } = resolveCredentials([call()], [basic], read);
  const encoded = Buffer.from('ann:pass:wörd').toString('base64');
  const seen = {
    a: ['saw pass:wörd', `Basic ${encoded}`],
    b: { c: `?p=${encodeURIComponent('pass:wörd')}&x`, d: 5 },
  };
  expect(hideSecrets(secrets)(seen)).toEqual({ a: ['saw ***', 'Basic ***'], b: { c: '?p=***&x', d: 5 } });
});
