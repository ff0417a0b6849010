import type { DialFailure } from './dial.ts';
import type { ByteFlow } from './fault.ts';

/** What the two sockets of a connection tell, and ask. */
export interface SocketPairEvents {
  /** Bytes came at `atMs`. */
  receive(flow: ByteFlow, chunk: Buffer, atMs: number): void;
  receiveEnd(flow: ByteFlow): void;
  connected(): void;
  unreachable(failure: DialFailure): void;
  upstreamReset(): void;
  clientReset(): void;
  /** Both sides are closed, or as good as that. */
  closed(): void;
  /** Whether the faults of that flow take more bytes. */
  mayRead(flow: ByteFlow): boolean;
  isIdle(flow: ByteFlow): boolean;
}
