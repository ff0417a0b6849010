import type { ExchangeNaming } from './exchange.ts';
import { type RequestHead, rewriteHead } from './http-head.ts';
import type { ViewHost } from './view.ts';

/** Request header by which a runner numbers an exchange; the upstream does not see it. */
export const EXCHANGE_HEADER = 'x-breakwater-exchange';

/** What the ledger keeps of a request's head. */
export function nameExchange(head: RequestHead): ExchangeNaming {
  const [number = ''] = head.values(EXCHANGE_HEADER);
  const [traceparent = null] = head.values('traceparent');
  // A query may hold secrets, and says nothing about which endpoint it was.
  const [path = null] = head.target.split('?');
  return {
    number: /^\d{1,15}$/.test(number) ? Number(number) : null,
    traceparent,
    method: head.method,
    path,
    request: head,
  };
}

/**
 * Gives the head as the upstream gets it: as it came, without the exchange's number, and with the upstream's name
 * where the client named the proxy itself. A Host that names something else is the client's own business.
 */
export function editRequestHead(
  head: RequestHead,
  raw: Buffer,
  { ownNames, upstreamAuthority }: Pick<ViewHost, 'ownNames' | 'upstreamAuthority'>,
): Buffer {
  const [authority = ''] = head.values('host');
  const namesProxy = ownNames.includes(authority.toLowerCase());
  if (!namesProxy && head.values(EXCHANGE_HEADER).length === 0) return raw;
  return rewriteHead(head, (name, line) => {
    if (name === EXCHANGE_HEADER) return null;
    return name === 'host' && namesProxy ? `${line.slice(0, line.indexOf(':'))}: ${upstreamAuthority}` : line;
  });
}
