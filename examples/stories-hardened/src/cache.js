import { createClient } from '@redis/client';
import { createBreaker } from './breaker.js';

const ANSWER_MS = 200;
/** So long a value that is no longer fresh may stand in for one that cannot be loaded. */
const KEPT_SECONDS = 600;
/** So many values are remembered in the process, for when cache and database are away together. */
const REMEMBERED = 500;

/** A cache in Redis that may be away: then values are loaded, and nobody waits for it. */
export function openCache(url) {
  const client = createClient({
    url,
    // A command fails at once while there is no connection, instead of waiting for one.
    disableOfflineQueue: true,
    socket: { connectTimeout: 1_000, reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 500) },
  });
  client.on('error', (error) => console.error(`redis: ${error.message}`));
  client.connect().catch((error) => console.error(`redis: ${error.message}`));
  const guarded = createBreaker('the cache', { failures: 5, pauseMs: 500 });
  const ask = (work) => guarded(() => within(ANSWER_MS, work()));
  const loading = new Map();
  const remembered = new Map();

  function remember(key, value) {
    remembered.delete(key);
    remembered.set(key, value);
    if (remembered.size > REMEMBERED) remembered.delete(remembered.keys().next().value);
  }

  /** Many who miss the same value at one time load it once. */
  function loadOnce(key, load) {
    const under = loading.get(key);
    if (under !== undefined) return under;
    const loaded = load().finally(() => loading.delete(key));
    loading.set(key, loaded);
    return loaded;
  }

  return {
    /** Gives a fresh value from the cache, else a loaded one, else the last that is known. */
    async readThrough(key, freshMs, load) {
      const kept = await ask(() => client.get(key)).then(parse, () => null);
      if (kept !== null && Date.now() < kept.freshUntilMs) return kept.value;
      try {
        const value = await loadOnce(key, load);
        if (value === null) return null;
        remember(key, value);
        const entry = JSON.stringify({ value, freshUntilMs: Date.now() + freshMs });
        const expiration = { type: 'EX', value: KEPT_SECONDS };
        // Nobody waits for the cache to take it up.
        ask(() => client.set(key, entry, { expiration })).catch(() => undefined);
        return value;
      } catch (error) {
        const last = kept?.value ?? remembered.get(key);
        if (last === undefined) throw error;
        return last;
      }
    },
    /** Counts up; `null`: the cache is away. */
    async count(key, keptSeconds) {
      return ask(async () => {
        const used = await client.incr(key);
        if (used === 1) await client.expire(key, keptSeconds);
        return used;
      }).catch(() => null);
    },
  };
}

function parse(text) {
  return text === null ? null : JSON.parse(text);
}

async function within(limitMs, promise) {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
