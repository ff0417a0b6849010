import type { Sample } from '../../../../src/types-run.ts';

/** A request of a drill, answered with 200 after 10 ms unless told otherwise. */
export function sampleAt(dueMs: number, change: Partial<Sample> = {}): Sample {
  return {
    itemId: 'd',
    phase: 'faulted',
    sequence: 0,
    step: 0,
    dueMs,
    sentMs: dueMs,
    connectMs: 0,
    firstByteMs: 5,
    latencyMs: 10,
    status: 200,
    outcome: 'answered',
    bytes: 2,
    contentType: 'application/json',
    bodyStart: null,
    exchange: null,
    dependencyExchanges: [],
    ...change,
  };
}

/** Requests due every `everyMs` in [fromMs, untilMs). */
export function samplesBetween(
  fromMs: number,
  untilMs: number,
  everyMs: number,
  change: Partial<Sample> = {},
): readonly Sample[] {
  const first = Math.ceil(fromMs / everyMs);
  const count = Math.ceil(untilMs / everyMs) - first;
  return Array.from({ length: Math.max(0, count) }, (_none, index) =>
    sampleAt((first + index) * everyMs, change),
  );
}
