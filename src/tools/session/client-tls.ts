import { createServerCertificate } from '../../certificate.ts';
import { AppError } from '../../errors.ts';
import { openLocalAuthority } from '../../local-ca.ts';
import type { ServerIdentity, Upstream } from '../../types.ts';
import type { Session } from './session.ts';

/** What a proxy shows to clients, and the file by which they trust it. */
export interface ClientTls {
  readonly identity: ServerIdentity;
  readonly caFile: string;
}

/**
 * Makes a certificate for this machine's names and the upstream's own, by the user's local CA.
 *
 * @throws AppError BAD_INPUT where clients do not begin with TLS.
 */
export async function makeClientTls(session: Session, { protocol, host }: Upstream): Promise<ClientTls> {
  if (protocol === 'psql' || protocol === 'psqls') {
    throw new AppError(
      'BAD_INPUT',
      `tls: a client of ${protocol} asks for TLS in its own way first, which the proxy declines.`,
      {
        hint: 'Leave tls out; with psqls:// the proxy itself encrypts towards the database.',
      },
    );
  }
  const now = session.clock.date();
  const { identity, certFile } = await openLocalAuthority(session.surroundings.stateHome, now);
  const hosts = [...new Set(['localhost', '127.0.0.1', '::1', host])];
  return { identity: createServerCertificate(identity, hosts, now), caFile: certFile };
}

/** Says how clients come to trust the local CA. */
export function describeTrust({ caFile }: ClientTls): string {
  return `It speaks TLS with a certificate of a CA that only this user has. Clients trust it by NODE_EXTRA_CA_CERTS=${caFile} (Node), SSL_CERT_FILE (OpenSSL, Go), REQUESTS_CA_BUNDLE (Python) or curl --cacert. Do not add it to a system's or browser's store.`;
}
