/**
 * The contract of a fault. A fault decides *when* a piece of a flow may leave, or that it never does, or that
 * something else happens at its place. It computes that from the time of arrival, its own state and its stream of
 * random numbers: it never waits, so that it is tested with plain numbers.
 */
import type { z } from 'zod';
import type { Random } from '../random.ts';
import type { Fault, JsonValue } from '../types.ts';
import type { Flow } from '../types-run.ts';

/** A flow that bytes pass. */
export type ByteFlow = Exclude<Flow, 'connection'>;
export type FaultParams = Readonly<Record<string, JsonValue>>;

/** Bytes that stand before a fault. On HTTP the head of a message comes as one piece, on raw TCP all is `body`. */
export interface Piece {
  readonly bytes: number;
  /** `Clock.now()` at which it left what stands before this fault. */
  readonly atMs: number;
  /** `end`: nothing but the end of the stream (FIN). */
  readonly kind: 'head' | 'body' | 'end';
}

/** What happens instead of, or after, bytes that pass. */
export type Act =
  | { readonly do: 'reset' }
  /** Orderly end, `delayMs` after the bytes before it have left. */
  | { readonly do: 'close'; readonly delayMs: number }
  | {
      readonly do: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    };

/** A place in a row that flows share: its time comes earlier when somebody before it goes away. */
export interface Turn {
  readonly dueMs: number;
  /** Called when `dueMs` has become earlier. */
  onEarlier: (() => void) | null;
}

/** `bytes` of the piece, in order; due at `dueMs`, `Infinity`: never; with a `turn` at the time of that. */
export interface Departure {
  readonly bytes: number;
  readonly dueMs: number;
  readonly turn?: Turn;
}

/** A piece that leaves in parts; what is not named in `departures` is dropped, `act` comes after them. */
export interface Split {
  readonly departures: readonly Departure[];
  readonly act: { readonly atMs: number; readonly act: Act } | null;
}

/** When a piece may leave: all of it at one time (`piece.atMs`: at once, `Infinity`: never), or in parts. */
export type Passage = number | Split;

/** Where a fault acts: one exchange, and one flow of it. */
export interface FaultLink {
  readonly flow: ByteFlow;
  /** Named by seed, item, fault, exchange number and flow. */
  readonly random: Random;
  readonly exchangeStartedAtMs: number;
  /** End of the fault's period that is open at `atMs`; `Infinity` when it has none. */
  activeUntilMs(atMs: number): number;
  /** One object for each connection, exchange and client: keys for state that a fault shares between links. */
  readonly connection: object;
  readonly exchange: object;
  readonly client: string;
}

/** A fault on one flow of one exchange. */
export interface FlowFault {
  pass?(piece: Piece): Passage;
  /** What waits for these turns will never leave, since its connection has ended. */
  giveBack?(turns: readonly Turn[], nowMs: number): void;
  /** Time of an act that comes without any byte; looked at when the exchange begins and when faults change. */
  alarm?(): { readonly atMs: number; readonly act: Act } | null;
  /** How resolving the upstream's name fails, when the exchange has to connect first. */
  resolve?(atMs: number): { readonly failure: string; readonly atMs: number } | null;
}

/** A fault at work at one proxy; holds what its exchanges share, such as a token bucket. */
export interface FaultActor {
  /** Called once for each exchange and flow, when its first piece (or the exchange itself) meets the fault. */
  begin(link: FaultLink): FlowFault;
}

/** What a fault may know of the program that it stands in. */
export interface FaultPlace {
  readonly epochMs: number;
}

/** Gives a fault that holds another one what it needs of it; `raw` is written as in a scenario file. */
export interface NestedFaults {
  flows(raw: FaultParams): readonly ByteFlow[];
  describe(raw: FaultParams): string;
  start(raw: FaultParams, place: FaultPlace): FaultActor;
}

export interface FaultSpec<P extends object> {
  readonly type: string;
  /** One sentence: what it does. */
  readonly summary: string;
  /** Its own keys, for lists of keys and JSON Schema. */
  readonly keys: z.ZodRawShape;
  /** Reads those keys and fills in defaults; reading what it gave gives the same again. */
  readonly params: z.ZodType<P>;
  /** Keys that are written to a file even where they hold their default. */
  readonly written?: readonly string[];
  /** Key whose value is written without its name where a fault is given as text: `latency:80ms`. */
  readonly mainKey?: string;
  /** Key that holds another fault. */
  readonly nestedKey?: string;
  /** Flows that it acts on, where side and direction do not say it. */
  flows?(params: P, nested: NestedFaults): readonly ByteFlow[];
  /** Bytes of one flow that may wait because of it, before reading pauses. */
  readonly readAheadBytes?: number;
  /** It may act without any byte, so that exchanges ask it for `alarm`. */
  readonly hasAlarms?: boolean;
  /** It acts on connections, so that its flows say nothing to people. */
  readonly actsOnConnections?: boolean;
  /** It acts on heads of messages, which raw TCP does not have. */
  readonly needsHttp?: boolean;
  describe(params: P, nested: NestedFaults): string;
  start(params: P, place: FaultPlace, nested: NestedFaults): FaultActor;
}

/** A listed fault, its parameters no longer typed: each method reads them by its schema. */
export interface FaultType {
  readonly type: string;
  readonly summary: string;
  readonly keys: z.ZodRawShape;
  readonly written: readonly string[];
  readonly mainKey: string | null;
  readonly nestedKey: string | null;
  readonly readAheadBytes: number;
  readonly hasAlarms: boolean;
  readonly actsOnConnections: boolean;
  readonly needsHttp: boolean;
  read(raw: unknown): z.ZodSafeParseResult<object>;
  flows(fault: Fault, nested: NestedFaults): readonly ByteFlow[];
  describe(params: FaultParams, nested: NestedFaults): string;
  start(params: FaultParams, place: FaultPlace, nested: NestedFaults): FaultActor;
}

const READ_AHEAD_BYTES = 64 * 1024;

/** Makes a listed fault of its typed description. */
export function defineFault<P extends object>(spec: FaultSpec<P>): FaultType {
  return {
    type: spec.type,
    summary: spec.summary,
    keys: spec.keys,
    written: spec.written ?? [],
    mainKey: spec.mainKey ?? null,
    nestedKey: spec.nestedKey ?? null,
    readAheadBytes: spec.readAheadBytes ?? READ_AHEAD_BYTES,
    hasAlarms: spec.hasAlarms ?? false,
    actsOnConnections: spec.actsOnConnections ?? false,
    needsHttp: spec.needsHttp ?? false,
    read: (raw) => spec.params.safeParse(raw),
    flows: (fault, nested) => spec.flows?.(spec.params.parse(fault.params), nested) ?? flowsOf(fault),
    describe: (params, nested) => spec.describe(spec.params.parse(params), nested),
    start: (params, place, nested) => spec.start(spec.params.parse(params), place, nested),
  };
}

/** The flows of a side and a direction, seen from the proxy. */
export function flowsOf({ side, direction }: Pick<Fault, 'side' | 'direction'>): readonly ByteFlow[] {
  if (direction === 'both') return ['request', 'response'];
  return (side === 'client') === (direction === 'ingress') ? ['request'] : ['response'];
}
