const MEANINGS = {
  upstream_not_allowed:
    'the user has not allowed this host (targets.allow_hosts of breakwater.yaml lists those beyond this machine)',
  upstream_refused: 'the upstream refused the connection',
  upstream_connect_timeout: 'the upstream did not accept a connection in time',
  upstream_not_resolved: 'the name of the upstream could not be resolved',
  upstream_tls_failed:
    'the TLS handshake with the upstream failed (targets.tls.ca of breakwater.yaml names the CA of a certificate of your own)',
  upstream_tls_refused: 'the upstream refused TLS',
  upstream_reset: 'the upstream reset the connection before it was established',
  upstream_unreachable: 'the upstream could not be reached',
  out_of_files: 'the proxy itself may open no more sockets (raise the limit of open files, ulimit -n)',
};

/** Why an upstream could not be reached. */
export type UnreachedReason = keyof typeof MEANINGS;

const WORDS: Readonly<Record<string, string>> = MEANINGS;

/** Says in words why an upstream could not be reached. */
export function explainFailure(reason: string): string {
  return WORDS[reason] ?? 'an injected fault keeps the upstream from being reached';
}

/** Whether it is a fault that has it so. */
export function isInjected(reason: string): boolean {
  return reason.startsWith('injected_');
}
