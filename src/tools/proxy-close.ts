import { z } from 'zod';
import { AppError } from '../errors.ts';
import { writeFault } from '../proxy/fault-schema.ts';
import { formatMapping } from '../proxy/mapping.ts';
import { quote } from '../units.ts';
import type { Answer, NextCall } from './session/answer.ts';
import type { NamedProxy } from './session/named-proxies.ts';
import { describeTraffic, toTrafficFacts } from './session/traffic.ts';
import { defineTool } from './tool.ts';

/** Closes proxies that `proxy_open` has opened. */
export default defineTool({
  name: 'proxy_close',
  title: 'Close a proxy',
  description:
    'Closes a proxy that proxy_open has opened, or all of them with name "all". Answers with the traffic and the hits until then. Use it when the application has been pointed elsewhere again: at this address nobody can connect any more.',
  input: z.strictObject({ name: z.string().describe('Name of the proxy, or "all"') }),
  nature: { readOnly: false, destructive: false, idempotent: true, openWorld: false },
  async run({ name }, { session }): Promise<Answer> {
    const open = session.proxies.list();
    const used = name === 'all' ? open.filter((each) => session.proxies.userOf(each.name) !== null) : [];
    const wanted =
      name === 'all'
        ? open.filter((each) => !used.includes(each))
        : open.filter((candidate) => candidate.name === name);
    if (wanted.length === 0 && name !== 'all') {
      throw new AppError('NOT_FOUND', `No proxy named ${quote(name)} is open.`, {
        hint: open.length === 0 ? 'None is open.' : `Open: ${open.map((each) => each.name).join(', ')}.`,
      });
    }
    const closed = await Promise.all(
      wanted.map(async (named) => ({ named, traffic: await session.proxies.close(named.name) })),
    );
    const lines = [
      ...closed.map(({ named, traffic }) =>
        traffic === null
          ? `${named.name}: closed.`
          : `${named.name}: closed after ${describeTraffic(traffic)}.`,
      ),
      ...used.map((each) => `${each.name}: left open, ${session.proxies.userOf(each.name)} uses it.`),
    ];
    const [first] = wanted;
    return {
      text: lines.length === 0 ? 'No proxy was open.' : lines.join('\n'),
      facts: {
        closed: wanted.map((named) => named.name),
        traffic: Object.fromEntries(
          closed.map(({ named, traffic }) => [named.name, traffic === null ? null : toTrafficFacts(traffic)]),
        ),
      },
      next: first === undefined || wanted.length > 1 ? [{ tool: 'proxy_list', args: {} }] : [reopen(first)],
      verdict: null,
    };
  },
});

/** The call that opens it again as it was. */
function reopen({ name, proxy, faults, seed }: NamedProxy): NextCall {
  const { clientTls, upstream } = proxy.spec;
  const args = {
    upstream: formatMapping({ listenPort: proxy.port, upstream }),
    name,
    ...(faults.length === 0 ? {} : { faults: faults.map(writeFault), seed }),
    ...(clientTls === undefined ? {} : { tls: true }),
  };
  return { tool: 'proxy_open', args };
}
