import { z } from 'zod';
import { defineFault } from '../fault.ts';

/** glibc's resolver asks twice and waits 5 s each time (resolv.conf: timeout, attempts). */
const RESOLVER_GIVES_UP_MS = 10_000;

const keys = {
  failure: z.enum(['nxdomain', 'timeout', 'servfail']).default('nxdomain').describe('how resolving fails'),
};

/**
 * Acts where an exchange needs a new connection to an upstream that has a name. What the client sees is the proxy
 * that cannot reach its upstream: 502 or 504 on HTTP, a reset on raw TCP. A resolver that fails inside the
 * application itself is nothing that a proxy can show.
 */
export default defineFault({
  type: 'dns',
  summary: 'Resolving the upstream’s name fails.',
  keys,
  mainKey: 'failure',
  params: z.strictObject(keys),
  written: ['failure'],
  actsOnConnections: true,
  flows: () => ['request'],
  describe: ({ failure }) => `resolving the upstream fails (${failure})`,
  start: ({ failure }) => ({
    begin: () => ({
      resolve: (atMs) => ({ failure, atMs: failure === 'timeout' ? atMs + RESOLVER_GIVES_UP_MS : atMs }),
    }),
  }),
});
