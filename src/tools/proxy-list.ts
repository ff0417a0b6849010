import { z } from 'zod';
import { markdownTable } from '../markdown.ts';
import { describeFault } from '../proxy/fault-schema.ts';
import { formatMapping } from '../proxy/mapping.ts';
import type { Answer } from './session/answer.ts';
import { defineTool } from './tool.ts';

/** Lists the open proxies. */
export default defineTool({
  name: 'proxy_list',
  title: 'List proxies',
  description:
    'Lists the proxies that proxy_open has opened: address, upstream, faults, connections, exchanges and hits. Use it to see whether traffic really goes through a proxy and whether its faults act.',
  input: z.strictObject({}),
  nature: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  async run(_args, { session }): Promise<Answer> {
    const open = await Promise.all(
      session.proxies.list().map(async (named) => ({ named, traffic: await named.proxy.traffic() })),
    );
    if (open.length === 0) {
      return {
        text: 'No proxy is open. proxy_open opens one between an application and a service or database.',
        facts: { proxies: [] },
        next: [],
        verdict: null,
      };
    }
    const rows = open.map(({ named: { name, proxy, faults }, traffic }) => [
      name,
      `${proxy.host}:${proxy.port}`,
      formatMapping({ listenPort: 0, upstream: proxy.spec.upstream }),
      faults.length === 0 ? 'none' : faults.map(describeFault).join('; '),
      `${traffic.connections} (${traffic.openConnections} open)`,
      String(traffic.exchanges),
      String(traffic.hits),
    ]);
    return {
      text: markdownTable(
        ['name', 'address', 'upstream', 'faults', 'connections', 'exchanges', 'hits'],
        rows,
      ),
      facts: {
        proxies: open.map(({ named, traffic }) => ({
          name: named.name,
          address: `${named.proxy.host}:${named.proxy.port}`,
          faults: named.faults.map(describeFault),
          ...traffic,
        })),
      },
      next: [],
      verdict: null,
    };
  },
});
