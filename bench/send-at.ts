import { systemClock } from '../src/clock.ts';
import type { Sender } from '../src/scenario/run/sender.ts';
import type { Sample } from '../src/types-run.ts';

export interface Arrivals {
  readonly port: number;
  readonly count: number;
  readonly ratePerSecond: number;
  /** `Clock.now()` at which the first one is due. */
  readonly startAtMs?: number;
  /** Default: `keep-alive`. */
  readonly connection?: 'per-request' | 'keep-alive';
}

/** Sends requests at fixed times, whether or not earlier ones have come back. */
export async function sendAt(sender: Sender, arrivals: Arrivals): Promise<readonly Sample[]> {
  const { port, count, ratePerSecond, connection = 'keep-alive' } = arrivals;
  const { startAtMs = systemClock.now() + 20 } = arrivals;
  const url = `http://127.0.0.1:${port}/`;
  const samples: Sample[] = [];
  await sender.send(
    {
      call: { method: 'GET', url, headers: {}, body: null, timeoutMs: 10_000, operationId: null },
      via: null,
      itemId: 'bench',
      itemKey: 'bench',
      phase: 'faulted',
      step: 0,
      firstSequence: 0,
      firstNumber: 0,
      count,
      startAtMs,
      intervalMs: 1_000 / ratePerSecond,
      epochMs: startAtMs,
      connection,
      seed: 1,
    },
    (some) => {
      for (const sample of some) samples.push(sample);
    },
    new AbortController().signal,
  );
  return samples;
}
