import type { Upstream } from '../types.ts';
import type { Exchange } from '../types-run.ts';
import type { Reach } from './dial.ts';
import type { ByteFlow } from './fault.ts';
import type { HeldBytes } from './held-bytes.ts';
import type { LiveProgram } from './program.ts';
import type { Timeline } from './timeline.ts';
import type { View, ViewHost } from './view.ts';

/** What a connection needs of its proxy. */
export interface ConnectionHost {
  readonly name: string;
  readonly upstream: Upstream;
  readonly reach: Reach;
  readonly timeline: Timeline;
  readonly held: HeldBytes;
  /** `host:port` under which a client may name the proxy itself. */
  readonly ownNames: readonly string[];
  /** The upstream as a Host field has it. */
  readonly upstreamAuthority: string;
  /** Faults that act on exchanges with that upstream. */
  programFor(upstream: Upstream): LiveProgram;
  nextExchangeNumber(): number;
  /** An exchange began. */
  began(): void;
  countBytes(flow: ByteFlow, bytes: number): void;
  record(exchange: Exchange): void;
  /** The upstream could not be reached. */
  unreached(reason: string): void;
  over(connection: object): void;
  viewOf(host: ViewHost): View;
}
