/**
 * What each of Toxiproxy's toxics is in our faults. Toxics of several parts share one draw, since draws are keyed by
 * the fault's index.
 */
import type { JsonValue } from '../types.ts';

export type ToxicAttributes = Readonly<Record<string, number>>;

/** One fault of a toxic, as in a scenario file; it begins `afterMs` after the toxic was added. */
export interface ToxicPart {
  readonly fault: Readonly<Record<string, JsonValue>> & { readonly type: string };
  readonly afterMs: number;
}

export interface ToxicType {
  /** Absent ones are 0. */
  readonly attributes: readonly string[];
  /** Says what does not fit; `null`: all does. */
  check?(attributes: ToxicAttributes): string | null;
  parts(attributes: ToxicAttributes): readonly ToxicPart[];
}

const MICROSECONDS_PER_MS = 1_000;

/** By name, as clients write it. */
export const TOXIC_TYPES: Readonly<Record<string, ToxicType>> = {
  latency: {
    attributes: ['latency', 'jitter'],
    parts: ({ latency = 0, jitter = 0 }) => [
      atOnce(
        jitter === 0
          ? { type: 'latency', mean: latency, global: false }
          : { type: 'latency', min: Math.max(0, latency - jitter), max: latency + jitter, global: false },
      ),
    ],
  },
  bandwidth: {
    attributes: ['rate'],
    // Rate 0 cuts the connection without a sign, as tests with Testcontainers have it.
    parts: ({ rate = 0 }) => [
      atOnce(
        rate === 0
          ? { type: 'blackhole' }
          : { type: 'bandwidth', rate, unit: 'KBps', per_connection: true, burst: 0 },
      ),
    ],
  },
  timeout: {
    attributes: ['timeout'],
    parts: ({ timeout = 0 }) => [
      atOnce({ type: 'blackhole' }),
      ...(timeout === 0 ? [] : [later({ type: 'close', after_ms: timeout }, timeout)]),
    ],
  },
  reset_peer: {
    attributes: ['timeout'],
    parts: ({ timeout = 0 }) => [
      ...(timeout === 0 ? [] : [atOnce({ type: 'blackhole' })]),
      later({ type: 'reset', after_ms: timeout }, timeout),
    ],
  },
  slicer: {
    attributes: ['average_size', 'size_variation', 'delay'],
    check({ average_size: size = 0, size_variation: variation = 0 }) {
      if (size < 1) return `average_size must be at least 1 byte, got ${size}`;
      return variation < size
        ? null
        : `size_variation must be below average_size (${size}), got ${variation}`;
    },
    parts: ({ average_size: size = 1, size_variation: variation = 0, delay = 0 }) => [
      atOnce({ type: 'slow_body', chunk_bytes: size, variation, interval: delay / MICROSECONDS_PER_MS }),
    ],
  },
  slow_close: {
    attributes: ['delay'],
    parts: ({ delay = 0 }) => [atOnce({ type: 'slow_close', delay })],
  },
  limit_data: {
    attributes: ['bytes'],
    parts: ({ bytes = 0 }) => [atOnce({ type: 'close', after_bytes: bytes })],
  },
};

/** Toxics that exist elsewhere, and why not here. */
export const UNSUPPORTED: Readonly<Record<string, string>> = {
  down: 'down is no toxic; set "enabled" of the proxy to false',
  packet_loss:
    'packet_loss of Toxiproxy drops bytes that TCP would repeat; use packetloss of a scenario file',
};

function atOnce(fault: ToxicPart['fault']): ToxicPart {
  return { fault, afterMs: 0 };
}

/**
 * A fault that acts `ms` after the exchange began, on exchanges that began before the toxic was added `ms` after
 * that: its window opens then.
 */
function later(fault: ToxicPart['fault'], ms: number): ToxicPart {
  return { fault, afterMs: ms };
}
