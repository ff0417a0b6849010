import { z } from 'zod';
import { defineFault } from '../fault.ts';

/**
 * The proxy keeps listening and resets what it accepts, instead of closing its port: each attempt is then seen,
 * counted and subject to `probability`, so that retries show in the ledger and a verdict rests on real hits. A
 * closed port would give the client `ECONNREFUSED` in place of `ECONNRESET`, but nobody could know whether anyone
 * had tried. On HTTP the reset comes with the request, which names the exchange.
 */
export default defineFault({
  type: 'refuse',
  summary: 'The upstream is down: new connections fail at once, live ones are reset.',
  keys: {},
  params: z.strictObject({}),
  hasAlarms: true,
  actsOnConnections: true,
  flows: () => ['request'],
  describe: () => 'connections refused',
  start: () => ({
    begin: ({ exchangeStartedAtMs }) => ({
      alarm: () => ({ atMs: exchangeStartedAtMs, act: { do: 'reset' } }),
    }),
  }),
});
