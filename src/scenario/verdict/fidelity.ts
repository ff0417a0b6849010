import type { Exchange, FaultFidelity, Hit } from '../../types-run.ts';
import { showBytes, showMs } from '../../units.ts';
import { maxOf, percentile, sortValues } from './percentile.ts';

/** A fault as it was asked for. */
export interface RequestedFault {
  readonly index: number;
  readonly type: string;
  /** In words: `delay 800 ms ± 100 ms`. */
  readonly requested: string;
}

/** Certifies for each fault what it was asked to do and what it did to the exchanges that passed. */
export function certifyFaults(
  faults: readonly RequestedFault[],
  exchanges: readonly Exchange[],
): readonly FaultFidelity[] {
  return faults.map(({ index, type, requested }) => {
    const met = exchanges.filter(({ outsideOf }) => !outsideOf?.includes(index));
    const hit = met.filter(({ hits }) => hits.some(({ faultIndex }) => faultIndex === index));
    const acted = hit.map(({ hits }) => hits.filter(({ faultIndex }) => faultIndex === index));
    const idle = hit.filter(({ continues, responseBytes }) => continues && responseBytes === 0).length;
    return {
      faultIndex: index,
      type,
      requested,
      injected: acted.length === 0 ? describeIdle(type, met, exchanges.length) : describeHits(acted, idle),
      actedOn: acted.length,
      exchanges: met.length,
    };
  });
}

function describeIdle(type: string, exchanges: readonly Exchange[], passed: number): string {
  if (passed === 0) return 'nothing: no exchange passed its proxy';
  if (exchanges.length === 0)
    return `nothing: it is limited to other requests than those that passed (${passed})`;
  if (type === 'dns')
    return 'nothing: no name had to be resolved, because the upstream is an address or its connection was open already';
  if (type !== 'bandwidth') return 'nothing';
  const largest =
    maxOf(exchanges.flatMap(({ requestBytes, responseBytes }) => [requestBytes, responseBytes])) ?? 0;
  return `nothing was slowed: largest message ${showBytes(largest)}`;
}

function describeHits(acted: readonly (readonly Hit[])[], idle: number): string {
  const hits = acted.flat();
  return (
    [describeStatuses(hits), describeDelays(acted), describeHeld(acted)]
      .filter((part) => part !== '')
      .join('; ') || `acted on ${acted.length}${idle === 0 ? '' : `, ${idle} of them idle connections`}`
  );
}

function describeStatuses(hits: readonly Hit[]): string {
  const counts = new Map<number, number>();
  for (const { status } of hits) if (status !== null) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts]
    .map(([status, count]) => `answered ${status} ${count === 1 ? 'once' : `${count} times`}`)
    .join(', ');
}

/** Delays of one exchange add up over its flows. */
function describeDelays(acted: readonly (readonly Hit[])[]): string {
  const delays = sortValues(
    acted
      .filter((hits) => hits.every((hit) => hit.delayMs !== null))
      .map((hits) => hits.reduce((sum, hit) => sum + (hit.delayMs ?? 0), 0))
      .filter((delay) => delay > 0),
  );
  const [first, last] = [delays[0], delays.at(-1)];
  if (first === undefined || last === undefined) return '';
  if (delays.length === 1) return `delayed by ${showMs(first)}`;
  return `delayed by ${showMs(percentile(delays, 50))} at the median (${showMs(first)} to ${showMs(last)})`;
}

function describeHeld(acted: readonly (readonly Hit[])[]): string {
  const held = acted.filter((hits) => hits.some((hit) => hit.delayMs === null)).length;
  return held === 0 ? '' : `${held} never let through`;
}
