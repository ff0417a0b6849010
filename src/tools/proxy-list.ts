import { z } from 'zod';
import { markdownTable } from '../markdown.ts';
import { describeFault } from '../proxy/fault-schema.ts';
import { formatMapping } from '../proxy/mapping.ts';
import type { ProxyTraffic } from '../types-proxy.ts';
import { showBytes } from '../units.ts';
import type { Answer, NextCall } from './session/answer.ts';
import type { NamedProxy } from './session/named-proxies.ts';
import { explainUnreached, showPercentiles, toTrafficFacts } from './session/traffic.ts';
import { defineTool } from './tool.ts';

interface Listed {
  readonly named: NamedProxy;
  readonly traffic: ProxyTraffic;
}

const HEADER = [
  'name',
  'address',
  'upstream',
  'faults',
  'connections',
  'exchanges',
  'hits',
  'up, down',
  'answered p50 / p95 / p99',
  'added p50 / p95 / p99',
];

/** Lists the open proxies. */
export default defineTool({
  name: 'proxy_list',
  title: 'List proxies',
  description:
    'Lists the proxies that proxy_open has opened: address, upstream, faults, connections, exchanges, hits, bytes, how long answers took and how much of that faults added. Use it to see whether traffic really goes through a proxy and whether its faults act.',
  input: z.strictObject({}),
  nature: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  async run(_args, { session }): Promise<Answer> {
    const open = await Promise.all(
      session.proxies.list().map(async (named) => ({ named, traffic: await named.proxy.traffic() })),
    );
    if (open.length === 0) {
      const [dependency] = Object.values((await session.loadConfig()).dependencies);
      return {
        text: 'No proxy is open. proxy_open opens one between an application and a service or database.',
        facts: { proxies: [] },
        next: [{ tool: 'proxy_open', args: { upstream: dependency ?? 'http://127.0.0.1:8000' } }],
        verdict: null,
      };
    }
    return {
      text: [markdownTable(HEADER, open.map(toRow)), ...open.flatMap(explainTrouble)].join('\n\n'),
      facts: { proxies: open.map(toFacts) },
      next: open
        .flatMap(suggestFault)
        .slice(0, 1)
        .concat({ tool: 'proxy_close', args: { name: 'all' } }),
      verdict: null,
    };
  },
});

function toRow({ named: { name, proxy, faults }, traffic }: Listed): readonly string[] {
  return [
    name,
    `${proxy.host}:${proxy.port}`,
    formatMapping({ listenPort: 0, upstream: proxy.spec.upstream }),
    faults.length === 0 ? 'none' : faults.map(describeFault).join('; '),
    `${traffic.connections} (${traffic.openConnections} open)`,
    String(traffic.exchanges),
    String(traffic.hits),
    `${showBytes(traffic.requestBytes)}, ${showBytes(traffic.responseBytes)}`,
    showPercentiles(traffic.answeredMs),
    showPercentiles(traffic.addedMs),
  ];
}

function toFacts({ named: { name, proxy, faults }, traffic }: Listed) {
  return {
    name,
    address: `${proxy.host}:${proxy.port}`,
    faults: faults.map(describeFault),
    ...toTrafficFacts(traffic),
  };
}

function explainTrouble({ named: { name, proxy, faults }, traffic }: Listed): readonly string[] {
  const why = explainUnreached(traffic);
  if (why !== null) return [`${name}: ${why}.`];
  if (traffic.exchanges === 0) {
    return [`Nothing has passed ${name} yet: does the application use ${proxy.host}:${proxy.port}?`];
  }
  if (faults.length === 0 || traffic.hits > 0) return [];
  return [`No fault of ${name} has acted yet, on any of ${traffic.exchanges} exchanges.`];
}

/** A first fault for a proxy that has none. */
function suggestFault({ named: { name, proxy, faults } }: Listed): readonly NextCall[] {
  if (faults.length > 0) return [];
  const { clientTls, upstream } = proxy.spec;
  const args = {
    upstream: formatMapping({ listenPort: proxy.port, upstream }),
    name,
    faults: [{ type: 'latency', mean: 300 }],
    ...(clientTls === undefined ? {} : { tls: true }),
  };
  return [{ tool: 'proxy_open', args }];
}
