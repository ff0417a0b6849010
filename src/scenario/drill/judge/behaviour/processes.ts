import type { UnexpectedEnd } from '../../../../types-drill.ts';
import { showBytes } from '../../../../units.ts';
import { countOf, showSeconds } from '../figures.ts';
import type { Statement } from '../judgement.ts';
import type { Seen } from '../seen.ts';

/** Pages per second from which swapping is thrashing: about 4 MB/s, for pages of 4 KiB. */
const THRASHING = 1_000;

/** Whether the kernel ended the service for want of memory. */
export function oomKiller({ result, vitals }: Seen): Statement {
  const killed = result.unexpectedEnds.filter(({ outOfMemory }) => outOfMemory);
  const bytes = vitals.failure.targetBytes;
  const peak = bytes === null ? '' : `; the service had ${showBytes(bytes)} at its peak`;
  return killed.length === 0
    ? { mark: 'good', text: `It did not act${peak}.` }
    : { mark: 'bad', text: `It ended the service: ${listEnds(killed)}${peak}.` };
}

/** Ends of the service that the drill had not asked for. */
export function processCrashes({ result }: Seen): Statement {
  const crashed = result.unexpectedEnds.filter(({ outOfMemory }) => !outOfMemory);
  return crashed.length === 0
    ? { mark: 'good', text: 'None: the service ran from the beginning to the end of the drill.' }
    : { mark: 'bad', text: `The service ended by itself: ${listEnds(crashed)}.` };
}

/** Whether the machine spent its time on swapping. */
export function swapThrashing({ vitals }: Seen): Statement {
  const { swapPagesPerSecond: pages, swapUsedBytes: used } = vitals.failure;
  if (pages === null) return { mark: 'none', text: 'Not observable, because this platform does not tell.' };
  const text = `${pages.toFixed(1)} pages/s were read from or written to swap, ${showBytes(used ?? 0)} of it in use at the peak.`;
  return { mark: pages >= THRASHING ? 'bad' : pages > 0 ? 'warning' : 'good', text };
}

/** `at 4.2 s with code 1, at 9.1 s by SIGKILL`. */
export function listEnds(ends: readonly UnexpectedEnd[]): string {
  const shown = ends
    .slice(0, 3)
    .map(
      ({ atMs, code, signal }) =>
        `at ${showSeconds(atMs)} ${signal === null ? `with code ${code}` : `by ${signal}`}`,
    );
  return ends.length > 3
    ? `${shown.join(', ')} and ${countOf(ends.length - 3, 'more time')}`
    : shown.join(', ');
}
