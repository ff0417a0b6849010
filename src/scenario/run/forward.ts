import { toAppError } from '../../errors.ts';
import type { ForwardSpec } from '../../proxy/forward.ts';
import type { VerdictReason } from '../../types-run.ts';
import { placeFaults } from './placement.ts';
import type { ItemPlan } from './plan.ts';
import type { RunProxy, RunProxyHost } from './proxies.ts';

/** Name of the forward proxy in reports. */
export const FORWARD_NAME = 'forward proxy';

/** The forward proxy of a run; a reason where it could not be opened, `null` where no item needs one. */
export type Forward = RunProxy | VerdictReason | null;

/** Whether an item names an upstream that only a forward proxy can reach. */
export function needsForward(
  plans: readonly Pick<ItemPlan, 'planned'>[],
  openKeys: ReadonlySet<string>,
): boolean {
  return plans.some(
    ({ planned }) =>
      planned.item.context.runsOn === null &&
      placeFaults(planned.item, { openKeys, forward: false }, '').forwardOrigins.length > 0,
  );
}

/** What to open for applications that use HTTP_PROXY; the faults name their origins themselves. */
export function specifyForward(port: number): ForwardSpec {
  const upstream = { protocol: 'http', host: '127.0.0.1', port } as const;
  return { name: FORWARD_NAME, listenPort: port, upstream, origins: [] };
}

/** Opens the forward proxy on `port` for the whole run: the application needs it between the items too. */
export async function openForward(proxies: RunProxyHost, port: number): Promise<RunProxy | VerdictReason> {
  const idle = { seed: 0, itemKey: '', epochMs: 0, faults: [] };
  try {
    return await proxies.open(specifyForward(port), idle);
  } catch (error) {
    const { code, message } = toAppError(error);
    if (code === 'INTERNAL') throw error;
    return {
      message: `the forward proxy could not be opened: ${message}`,
      cause: null,
      remedy: `Free port ${port}, or set forward_proxy.port in breakwater.yaml and HTTP_PROXY of the service to another.`,
    };
  }
}

/** What to do where nothing passed through the forward proxy. */
export function explainUnused({ host, port }: RunProxy): string {
  return `Start the service with HTTP_PROXY and HTTPS_PROXY set to http://${host}:${port} (and without NO_PROXY for that upstream), or open a proxy in front of it (proxy_open; in a shell: breakwater proxy).`;
}

/** The proxy behind what is known to be one. */
export function isOpen(forward: Forward): forward is RunProxy {
  return forward !== null && 'port' in forward;
}
