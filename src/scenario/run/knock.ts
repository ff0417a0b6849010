import { connect } from 'node:net';
import { systemErrorCode } from '../../errors.ts';
import { portOf } from '../../policy.ts';
import { guardTarget } from '../../target-guard.ts';
import type { Item } from '../../types.ts';
import type { VerdictReason } from '../../types-run.ts';
import { remedyForDown } from './preflight.ts';

/** Longest time that a listening target may take to accept; what takes longer is left to the item itself. */
const LIMIT_MS = 2_000;

/**
 * Looks whether anything listens where a call goes that cannot be tried twice (a POST): a service that is not
 * running must not be accused of refusing. Gives the reason when the connection is refused; anything else, such
 * as silence, proves nothing. An item that forbids the pre-flight call is not knocked for either.
 */
export function knock(
  { call, context }: Item,
  allowHosts: readonly string[] = [],
): Promise<VerdictReason | null> {
  const url = new URL(call.url);
  const isPlain = url.protocol === 'http:' || url.protocol === 'https:';
  if (context.preflight === false || !isPlain) return Promise.resolve(null);
  const port = portOf(url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const { refusal, lookup } = guardTarget(host, port, allowHosts);
  if (refusal !== null) return Promise.resolve(null);
  return new Promise((resolve) => {
    const socket = connect({ host, port, lookup });
    const end = (reason: VerdictReason | null) => {
      socket.destroy();
      resolve(reason);
    };
    socket.setTimeout(LIMIT_MS, () => end(null));
    socket.once('connect', () => end(null));
    socket.once('error', (error) => {
      const refused = systemErrorCode(error) === 'ECONNREFUSED';
      end(
        refused
          ? {
              message: 'gives connection refused without any fault',
              cause: 'target',
              remedy: remedyForDown(call),
            }
          : null,
      );
    });
  });
}
