import { z } from 'zod';
import { checkTarget } from '../policy.ts';
import { readFaults } from '../proxy/fault-list.ts';
import { describeFault } from '../proxy/fault-schema.ts';
import { checkFit, isHttp } from '../proxy/fit.ts';
import { formatMapping, parseMapping } from '../proxy/mapping.ts';
import { drawSeed } from '../random.ts';
import type { Upstream } from '../types.ts';
import type { Answer, Question } from './session/answer.ts';
import { askToReach } from './session/consent.ts';
import { FAULTS_HELP, faultArgument } from './session/fault-argument.ts';
import { defineTool } from './tool.ts';

const input = z.strictObject({
  upstream: z
    .string()
    .describe(
      '[PORT=][PROTOCOL://]HOST:PORT, e.g. 35432=psql://127.0.0.1:5432 or http://127.0.0.1:7200. PORT: where the proxy listens; default a free one',
    ),
  name: z
    .string()
    .min(1)
    .max(60)
    .optional()
    .describe('Default: the upstream. On an open name its faults are replaced'),
  faults: z.array(faultArgument).default([]).describe(FAULTS_HELP),
  tls: z.boolean().default(false).describe('Clients speak TLS to the proxy, by a local CA to be trusted'),
  seed: z.number().int().min(0).max(2_147_483_647).optional().describe('Fixes every draw'),
  lifetime_seconds: z
    .number()
    .min(1)
    .max(86_400)
    .optional()
    .describe('Close by itself after this. Default: with the server'),
});

/** Opens a proxy, or changes the faults of an open one. */
export default defineTool({
  name: 'proxy_open',
  title: 'Open a proxy or change its faults',
  description:
    "Opens a fault proxy in front of a service, database or cache, and answers with the address to use instead. Point the application at it; then scenarios and faults can act between the two. Called again with an open name, it replaces that proxy's faults; connections live on. Without faults it only passes traffic and counts.",
  input,
  nature: { readOnly: false, destructive: false, idempotent: true, openWorld: true },
  async run(args, context): Promise<Answer | Question> {
    const { session } = context;
    const config = await session.loadConfig();
    const mapping = parseMapping(args.upstream);
    const upstream = asUrl(mapping.upstream);
    await checkTarget(upstream, config.allowHosts);
    const question = await askToReach([upstream], 'Pass traffic, with faults, to', context);
    if (question !== null) return question;
    const name = args.name ?? formatMapping({ listenPort: 0, upstream: mapping.upstream });
    const known = session.proxies.list().some((proxy) => proxy.name === name);
    const faults = readFaults(args.faults);
    checkFit(faults, mapping.upstream);
    const lifetimeMs = args.lifetime_seconds === undefined ? null : args.lifetime_seconds * 1_000;
    const { describeTrust, makeClientTls } = await import('./session/client-tls.ts');
    const clientTls = args.tls ? await makeClientTls(session, mapping.upstream) : null;
    const { proxy, seed } = await session.proxies.open({
      name,
      mapping,
      faults,
      seed: args.seed ?? drawSeed(),
      lifetimeMs,
      clientTls: clientTls?.identity ?? null,
    });
    const address = `${proxy.host}:${proxy.port}`;
    const described = faults.map(describeFault);
    return {
      text: [
        known
          ? `${name}: faults replaced; connections live on.`
          : `${name}: listening on ${address}, passing to ${formatMapping({ listenPort: 0, upstream: mapping.upstream })}.`,
        `Faults: ${described.length === 0 ? 'none, it only passes and counts' : described.join('; ')}. Seed ${seed}.`,
        `Point the application at ${addressFor(mapping.upstream, proxy.port, args.tls)}, usually by the environment variable that holds that address now (for example DATABASE_URL or PAYMENTS_URL), and restart it.`,
        ...(clientTls === null ? [] : [describeTrust(clientTls)]),
      ].join('\n'),
      facts: {
        name,
        address,
        port: proxy.port,
        seed,
        faults: described,
        ...(clientTls === null ? {} : { ca_file: clientTls.caFile }),
      },
      next: [{ tool: 'proxy_list', args: {} }],
      verdict: null,
    };
  },
});

function asUrl({ host, port }: Upstream): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function addressFor(upstream: Upstream, port: number, tls: boolean): string {
  return isHttp(upstream) ? `${tls ? 'https://localhost' : 'http://127.0.0.1'}:${port}` : `127.0.0.1:${port}`;
}
