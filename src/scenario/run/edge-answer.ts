import type { UnreachedReason } from '../../proxy/dial-failure.ts';
import type { Outcome } from '../../types-run.ts';

/** Response header in which the edge proxy says that it answers for a target that it could not reach, and why. */
export const UNREACHED_HEADER = 'x-breakwater';

const OUTCOMES: Readonly<Record<UnreachedReason, Outcome>> = {
  // Our own policy, our own limit of open files: that says nothing about the target.
  upstream_not_allowed: 'aborted',
  out_of_files: 'aborted',
  upstream_refused: 'refused',
  upstream_unreachable: 'refused',
  upstream_connect_timeout: 'timeout',
  upstream_reset: 'reset',
  upstream_not_resolved: 'dns',
  upstream_tls_failed: 'tls',
  upstream_tls_refused: 'tls',
};
const ALL_OUTCOMES: Readonly<Record<string, Outcome>> = {
  ...OUTCOMES,
  injected_dns_nxdomain: 'dns',
  injected_dns_servfail: 'dns',
  injected_dns_timeout: 'dns',
};

/**
 * What really happened when the edge proxy answered in the target's place: a client without the proxy would have
 * seen no answer. `null`: the answer is the target's own, or an injected one.
 */
export function readUnreached(reason: string | undefined): Outcome | null {
  return reason === undefined ? null : (ALL_OUTCOMES[reason] ?? null);
}
