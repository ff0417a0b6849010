import type { LiveExchange } from './exchange.ts';
import type { Act, Piece } from './fault.ts';
import type { ActiveFault } from './program.ts';

/** A piece on its way through a flow. */
export interface Parcel {
  /** `null`: no bytes. */
  readonly data: Buffer | null;
  readonly kind: Piece['kind'];
  /** `fin`: the end of the stream; `mark`: a place in the stream that only the proxy sees; `act`: `act` happens here. */
  readonly role: 'bytes' | 'fin' | 'mark' | 'act';
  readonly exchange: LiveExchange;
  /** Last piece of its message. */
  readonly last: boolean;
  /** Made by the proxy itself: not thrown away when the exchange's bytes are. */
  readonly own: boolean;
  readonly act: Act | null;
  /** Fault that the act comes from; `null`: what the other side did is passed on. */
  readonly actor: ActiveFault | null;
  readonly arrivedAtMs: number;
  /** It has waited somewhere on its way. */
  waited: boolean;
}

type ParcelTraits = Pick<Parcel, 'kind' | 'role' | 'last' | 'own' | 'act' | 'actor'>;

const PLAIN: ParcelTraits = { kind: 'body', role: 'bytes', last: false, own: false, act: null, actor: null };

/** Makes a parcel of bytes that arrived. */
export function parcelOf(
  exchange: LiveExchange,
  data: Buffer | null,
  atMs: number,
  more: Partial<ParcelTraits> = PLAIN,
): Parcel {
  const { kind, role, last, own, act, actor } = PLAIN;
  return {
    data,
    exchange,
    kind: more.kind ?? kind,
    role: more.role ?? role,
    last: more.last ?? last,
    own: more.own ?? own,
    act: more.act ?? act,
    actor: more.actor ?? actor,
    arrivedAtMs: atMs,
    waited: false,
  };
}

/** Makes a parcel that passes on the upstream's reset. */
export function resetOf(exchange: LiveExchange, atMs: number): Parcel {
  return parcelOf(exchange, null, atMs, { kind: 'end', role: 'act', act: { do: 'reset' } });
}
