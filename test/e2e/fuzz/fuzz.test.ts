import { expect, test } from 'vitest';
import { attack } from './attack.ts';
import type { Transport } from './peers.ts';

/** `npm run bench fuzz` throws 20,000 at each transport. */
const MESSAGES = 700;
const SEED = 20_260_728;
/** Six times what an idle server takes; the largest message alone has 11 MiB. */
const MEMORY_LIMIT_MB = 512;

test.each<[Transport]>([['stdio'], ['http'], ['sse']])(
  'hostile messages over %s neither end the server nor fill its memory, and each fair request is answered',
  async (transport) => {
    const { requests, unanswered, strange, crash, peakMb } = await attack(transport, MESSAGES, SEED);
    expect({ crash, unanswered, strange }).toEqual({ crash: null, unanswered: [], strange: [] });
    expect(requests).toBeGreaterThan(MESSAGES / 10);
    expect(peakMb).toBeLessThan(MEMORY_LIMIT_MB);
  },
);
