import { z } from 'zod';
import { AppError } from '../errors.ts';
import { quote, showBytes } from '../units.ts';
import type { Answer } from './session/answer.ts';
import { defineTool } from './tool.ts';

/** Closes proxies that `proxy_open` has opened. */
export default defineTool({
  name: 'proxy_close',
  title: 'Close a proxy',
  description:
    'Closes a proxy that proxy_open has opened, or all of them with name "all". Answers with the traffic and the hits until then. Whoever was pointed at its address cannot connect any more.',
  input: z.strictObject({ name: z.string().describe('Name of the proxy, or "all"') }),
  nature: { readOnly: false, destructive: false, idempotent: true, openWorld: false },
  async run({ name }, { session }): Promise<Answer> {
    const open = session.proxies.list().map((proxy) => proxy.name);
    const wanted = name === 'all' ? open : open.filter((candidate) => candidate === name);
    if (wanted.length === 0 && name !== 'all') {
      throw new AppError('NOT_FOUND', `No proxy named ${quote(name)} is open.`, {
        hint: open.length === 0 ? 'None is open.' : `Open: ${open.join(', ')}.`,
      });
    }
    const closed = await Promise.all(
      wanted.map(async (each) => ({ name: each, traffic: await session.proxies.close(each) })),
    );
    const lines = closed.map(({ name: each, traffic }) =>
      traffic === null
        ? `${each}: closed`
        : `${each}: closed after ${traffic.connections} connections, ${traffic.exchanges} exchanges, ${traffic.hits} hits, ${showBytes(traffic.requestBytes)} up, ${showBytes(traffic.responseBytes)} down`,
    );
    return {
      text: lines.length === 0 ? 'No proxy was open.' : lines.join('\n'),
      facts: { closed: wanted },
      next: [],
      verdict: null,
    };
  },
});
