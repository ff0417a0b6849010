import type { DrillResult, DrillRun } from '../../../types-drill.ts';
import { showNoRecovery, showSeconds } from '../judge/figures.ts';

/** `0.81 s`, or that it was not within the limit; `–` where the drill ended before. */
export function showRecovery(result: DrillResult): string {
  const { recovery } = result;
  if (recovery === null) return '–';
  return recovery.recoveredAfterMs === null ? showNoRecovery(result) : showSeconds(recovery.recoveredAfterMs);
}

/** How long the run took, `2m`, or `1m 4s`; `null` while it goes. */
export function showRunTime({ startedAt, endedAt }: DrillRun): string | null {
  if (endedAt === null) return null;
  const seconds = Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1_000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds}s` : `${minutes}m ${seconds % 60}s`;
}

/** What the run's state means to a reader; empty where it came to its end. */
export function describeState({ state, config, results }: DrillRun): string {
  const count = `${results.length} of ${config.run.length} drills`;
  switch (state) {
    case 'finished':
      return '';
    case 'running':
      return `The run is still going; ${count} are here.`;
    case 'cancelled':
      return `The run was cancelled; ${count} are here.`;
    case 'interrupted':
      return `The run was interrupted, its process ended; ${count} are here.`;
    case 'failed':
      return `The run could not be brought to its end; ${count} are here.`;
  }
}
