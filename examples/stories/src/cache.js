import { createClient } from '@redis/client';

/** Connects to Redis; while it is away, commands wait in the client until it is back. */
export async function connectCache(url) {
  const client = createClient({ url });
  client.on('error', (error) => console.error(`redis: ${error.message}`));
  await client.connect();
  return client;
}

/** Reads from the cache, or else by `load`, whose result is kept for a while. */
export async function readThrough(redis, key, ttlSeconds, load) {
  const kept = await redis?.get(key);
  if (typeof kept === 'string') return JSON.parse(kept);
  const value = await load();
  if (value !== null)
    await redis?.set(key, JSON.stringify(value), { expiration: { type: 'EX', value: ttlSeconds } });
  return value;
}
