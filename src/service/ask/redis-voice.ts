import { AppError } from '../../errors.ts';
import { connectRedis, type RedisSession } from './redis.ts';
import { openRisingCount } from './rising-count.ts';
import type { OpenVoice } from './voice.ts';

/** Asks Redis on one connection that is kept, which does not count among its clients. */
export const listenToRedis: OpenVoice = (url, options) => {
  let session: RedisSession | null = null;
  const hits = openRisingCount();
  const misses = openRisingCount();
  const drop = async () => {
    session?.end();
    session = null;
  };
  return {
    async hear(atMs) {
      session ??= await connectRedis(url, options);
      const fields = await session.readInfo().catch(async (error: unknown) => {
        await drop();
        throw error;
      });
      return {
        kind: 'redis',
        atMs,
        clients: Math.max(0, readNumber(fields, 'connected_clients') - 1),
        hits: hits(readNumber(fields, 'keyspace_hits')),
        misses: misses(readNumber(fields, 'keyspace_misses')),
        usedBytes: readNumber(fields, 'used_memory'),
      };
    },
    end: drop,
  };
};

function readNumber(fields: Readonly<Record<string, string>>, name: string): number {
  const text = fields[name];
  if (text !== undefined && /^\d+$/.test(text)) return Number(text);
  throw new AppError('TARGET_UNREACHABLE', `Redis gave no ${name} in its answer to INFO.`, {
    hint: 'The user in app.env must be allowed INFO.',
  });
}
