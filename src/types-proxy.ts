/** The nouns of one proxy: where it stands, and what passed. */
import type { ServerIdentity, Upstream, UpstreamTls } from './types.ts';

export interface ProxySpec {
  readonly name: string;
  readonly listenPort: number;
  readonly upstream: Upstream;
  readonly tls?: UpstreamTls;
  /** Hosts other than loopback that it may connect to. Absent: none. */
  readonly allowHosts?: readonly string[];
  /** What clients are shown: they speak TLS to the proxy. Absent: they do not. */
  readonly clientTls?: ServerIdentity;
}

export interface ProxyTraffic {
  readonly connections: number;
  readonly openConnections: number;
  readonly exchanges: number;
  readonly hits: number;
  /** Times that the upstream could not be reached, without any fault, and why it was so the last time. */
  readonly unreached: number;
  readonly unreachedReason: string | null;
  /** Received from clients, and from the upstream. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Sent to the upstream, and to clients: what faults let through, with what the proxy answered itself. */
  readonly requestSentBytes: number;
  readonly responseSentBytes: number;
  /** ms from the first byte of a request to the last of its answer at the proxy, of the last 5,000 that had one. */
  readonly answeredMs: readonly number[];
  /** ms that faults added to the end of the answer, of the last 5,000 answered exchanges on which one acted. */
  readonly addedMs: readonly number[];
}
