import { expect, test } from 'vitest';
import { connectionUrlOf } from '../../../src/service/ask/connection-url.ts';
import { connectPostgres } from '../../../src/service/ask/postgres.ts';
import { connectRedis } from '../../../src/service/ask/redis.ts';

const db = { protocol: 'psql', host: '127.0.0.1', port: 5432 } as const;
const cache = { protocol: 'redis', host: 'cache.local', port: 6379 } as const;

test('the URL of app.env that holds {db} leads to the real upstream, credentials in place', () => {
  const env = { PORT: '{port}', DATABASE_URL: 'postgres://app:s%40cret@{db}/shop?sslmode=disable' };
  expect(connectionUrlOf(env, 'db', db)).toBe('postgres://app:s%40cret@127.0.0.1:5432/shop?sslmode=disable');
});

test('host and port apart, and a host that is an IPv6 address', () => {
  const env = { URL: 'redis://:pw@{cache.host}:{cache.port}/0' };
  expect(connectionUrlOf(env, 'cache', cache)).toBe('redis://:pw@cache.local:6379/0');
  expect(connectionUrlOf({ URL: 'redis://{cache}' }, 'cache', { ...cache, host: '::1' })).toBe(
    'redis://[::1]:6379',
  );
});

test('the driver in front of the scheme is left out', () => {
  for (const [value, url] of [
    ['postgresql+asyncpg://app@{db}/shop', 'postgresql://app@127.0.0.1:5432/shop'],
    ['jdbc:postgresql://{db}/shop?user=app', 'postgresql://127.0.0.1:5432/shop?user=app'],
  ] as const)
    expect(connectionUrlOf({ DB: value }, 'db', db)).toBe(url);
});

test('variables beside that of the host make a URL', () => {
  const pg = {
    PGHOST: '{db.host}',
    PGPORT: '{db.port}',
    PGUSER: 'app',
    PGPASSWORD: 'a/b',
    PGDATABASE: 'shop',
  };
  expect(connectionUrlOf(pg, 'db', db)).toBe('postgresql://app:a%2Fb@127.0.0.1:5432/shop');
  const named = { DB_HOST: '{db.host}', DB_USER: 'app', DB_NAME: 'shop', CACHE_HOST: '{cache.host}' };
  expect(connectionUrlOf(named, 'db', db)).toBe('postgresql://app@127.0.0.1:5432/shop');
});

test('no variable for it, none of a known form, or another dependency: null', () => {
  expect(connectionUrlOf({ DATABASE_URL: 'postgres://app@127.0.0.1/shop' }, 'db', db)).toBeNull();
  expect(connectionUrlOf({ DATABASE_URL: 'postgres://app@{other}/shop' }, 'db', db)).toBeNull();
  expect(connectionUrlOf({ SERVERS: '{db},{other}' }, 'db', db)).toBeNull();
  expect(connectionUrlOf({ HOST: '{db.host}' }, 'db', { ...db, protocol: 'tcp' })).toBeNull();
  expect(connectionUrlOf({ TEXT: '{{db}}' }, 'db', db)).toBeNull();
});

test('what is no URL is told without showing it, and without a cause that holds it', async () => {
  for (const connect of [connectPostgres, connectRedis]) {
    const wrong = connect('redis://:secret/word@host:port', { limitMs: 100, allowHosts: [] });
    const error: unknown = await wrong.catch((seen: unknown) => seen);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(error).not.toHaveProperty('cause');
    expect(`${error}${JSON.stringify(error)}`).not.toContain('secret');
  }
});
