import type { Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { ServerIdentity } from '../types.ts';

/** Takes connections that begin with a TLS handshake, and gives on what is inside. */
export interface TlsGate {
  admit(socket: Socket): void;
  /** Ends what has not finished its handshake. */
  close(): void;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * Opens a gate that shows clients a certificate. A client that does not trust it, or gives up, never reaches
 * `accept`. `protocols` are those that it may choose from (ALPN, RFC 7301); empty: whatever it says.
 */
export function openTlsGate(
  { cert, key }: ServerIdentity,
  protocols: readonly string[],
  accept: (socket: Socket) => void,
): TlsGate {
  const waiting = new Map<string, Socket>();
  const server = createServer(
    {
      cert,
      key,
      allowHalfOpen: true,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      ...(protocols.length === 0 ? {} : { ALPNProtocols: [...protocols] }),
    },
    (secured) => {
      const raw = waiting.get(peerOf(secured));
      if (raw === undefined) secured.destroy();
      else {
        waiting.delete(peerOf(raw));
        resetBelow(secured, raw);
        accept(secured);
      }
    },
  );
  server.on('tlsClientError', (_error, secured) => secured.destroy());
  return {
    admit(raw) {
      const peer = peerOf(raw);
      waiting.set(peer, raw);
      raw.once('close', () => {
        if (waiting.get(peer) === raw) waiting.delete(peer);
      });
      server.emit('connection', raw);
    },
    close() {
      for (const raw of waiting.values()) raw.destroy();
    },
  };
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** TLS knows no reset: it is the connection below it that is reset. */
function resetBelow(secured: TLSSocket, raw: Socket): void {
  secured.resetAndDestroy = () => {
    raw.resetAndDestroy();
    return secured.destroy();
  };
}
