import { rootCertificates } from 'node:tls';
import type { UpstreamTls } from '../types.ts';

/** What Node's TLS is told of an upstream: its CA is trusted besides the usual ones. */
export function toTlsOptions(tls: UpstreamTls | undefined) {
  return {
    ...(tls?.ca === undefined ? {} : { ca: [...rootCertificates, tls.ca] }),
    ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls?.key === undefined ? {} : { key: tls.key }),
  };
}
