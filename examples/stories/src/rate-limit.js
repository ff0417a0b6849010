const REQUESTS_PER_MINUTE = 60_000;

/** Counts the requests of each client in Redis, and refuses those above the limit. */
export function limitRate(redis) {
  return async (request, response, next) => {
    const minute = Math.floor(Date.now() / 60_000);
    const key = `rate:${request.ip}:${minute}`;
    const used = await redis.incr(key);
    if (used === 1) await redis.expire(key, 120);
    if (used > REQUESTS_PER_MINUTE) response.status(429).json({ error: 'too many requests' });
    else next();
  };
}
