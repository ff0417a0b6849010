import type { Call } from '../../types.ts';
import type { Sample } from '../../types-run.ts';
import type { Sender } from '../run/sender.ts';

/** Steady load on the service, from the first moment of a drill to its last. */
export interface DrillLoad {
  /** Of all requests that have ended so far; it grows. */
  readonly samples: readonly Sample[];
  /** ms between two requests; the n-th is due at n times this. */
  readonly intervalMs: number;
  /** Sends no more and gives up what is on its way; resolves once all is accounted for. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  /** Complete URLs; sent by turns. */
  readonly calls: readonly Call[];
  readonly ratePerSecond: number;
  /** `Clock.now()` at which the first request is due. */
  readonly epochMs: number;
  /** Longest time that the load may last. */
  readonly forMs: number;
  readonly seed: number;
  /** Keys what is drawn for the requests. */
  readonly key: string;
  /** Aborts the load. */
  readonly signal: AbortSignal;
}

/** Begins to send, in an open model: requests leave at times fixed beforehand, whether or not others came back. */
export function openLoad(sender: Sender, options: LoadOptions): DrillLoad {
  const { calls, epochMs, seed, key } = options;
  const intervalMs = 1_000 / options.ratePerSecond;
  const samples: Sample[] = [];
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, options.signal]);
  const sending = calls.map((call, turn) => {
    const count = Math.max(0, Math.ceil((options.forMs / intervalMs - turn) / calls.length));
    const job = {
      call,
      via: null,
      itemId: key,
      itemKey: `${key}\u0000${turn}`,
      phase: 'faulted',
      step: turn,
      firstSequence: 0,
      firstNumber: turn * count,
      count,
      startAtMs: epochMs + turn * intervalMs,
      intervalMs: intervalMs * calls.length,
      epochMs,
      // Users keep their connections, as browsers and clients with a pool do.
      connection: 'keep-alive',
      seed,
    } as const;
    return sender.send(job, (batch) => samples.push(...batch), signal);
  });
  const done = Promise.all(sending);
  // Whoever stops the load hears of an error; until then it must not end the process.
  done.catch(() => undefined);
  return {
    samples,
    intervalMs,
    async stop() {
      over.abort();
      await done;
    },
  };
}
