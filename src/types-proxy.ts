/** The nouns of one proxy: where it stands, and what passed. */
import type { ServerIdentity, Upstream, UpstreamTls } from './types.ts';

export interface ProxySpec {
  readonly name: string;
  readonly listenPort: number;
  readonly upstream: Upstream;
  readonly tls?: UpstreamTls;
  /** What clients are shown: they speak TLS to the proxy. Absent: they do not. */
  readonly clientTls?: ServerIdentity;
}

export interface ProxyTraffic {
  readonly connections: number;
  readonly openConnections: number;
  readonly exchanges: number;
  readonly hits: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
}
