import { z } from 'zod';
import type { Act, FaultLink, FlowFault, Piece, Split } from './fault.ts';

/** Keys of faults that end a connection at some point of an exchange. */
export const cutKeys = {
  after_bytes: z.int().min(0).optional().describe('bytes of the flow that still pass'),
  after_ms: z.number().min(0).optional().describe('time in ms since the exchange began'),
};

export interface CutPoint {
  readonly after_bytes?: number | undefined;
  readonly after_ms?: number | undefined;
}

/** Adds an issue where both points are given. */
export function checkCutPoint(point: CutPoint, context: z.RefinementCtx): void {
  if (point.after_bytes === undefined || point.after_ms === undefined) return;
  context.addIssue({ code: 'custom', path: ['after_ms'], message: 'give after_bytes or after_ms, not both' });
}

/** `after 100 B`, `after 50 ms`, `at once`. */
export function describeCutPoint(point: CutPoint): string {
  if (point.after_bytes !== undefined) return `after ${point.after_bytes} B`;
  return point.after_ms ? `after ${point.after_ms} ms` : 'at once';
}

/** Does `act` at the point: when so many bytes have passed, or, without any byte, at its time. */
export function cutAt(point: CutPoint, act: Act, link: FaultLink): FlowFault {
  const { after_bytes: afterBytes, after_ms: afterMs = 0 } = point;
  if (afterBytes === undefined) {
    return { alarm: () => ({ atMs: link.exchangeStartedAtMs + afterMs, act }) };
  }
  let leftBytes = afterBytes;
  return {
    pass({ bytes, atMs, kind }: Piece): number | Split {
      if (kind === 'end') return atMs;
      if (bytes < leftBytes) {
        leftBytes -= bytes;
        return atMs;
      }
      const departures = leftBytes > 0 ? [{ bytes: leftBytes, dueMs: atMs }] : [];
      leftBytes = 0;
      return { departures, act: { atMs, act } };
    },
  };
}
