import type { Item, Notice } from '../../types.ts';
import type { VerdictReason } from '../../types-run.ts';
import type { Measurement } from './collector.ts';
import { listOpenNames } from './placeholders.ts';
import type { Placement } from './placement.ts';

/** Why the item cannot be run at all; `null`: it can. */
export function findObstacle(item: Item, placement: Placement): VerdictReason | null {
  if (item.context.runsOn !== null) {
    return {
      message: 'runs_on (Kubernetes) is not supported yet',
      cause: null,
      remedy: 'Leave runs_on out to run the item from this machine.',
    };
  }
  const open = listOpenNames(item.call);
  if (open.length > 0) {
    return {
      message: `no value for ${open.map((name) => `{${name}}`).join(', ')} in the URL`,
      cause: null,
      remedy: 'Give it under config.http.paths.segments, or capture it in a setup call.',
    };
  }
  return placement.obstacle;
}

/** What of an item's measurement is missing. */
export function noticeLost(measurement: Measurement | null, where: string): readonly Notice[] {
  if (measurement === null) return [];
  const { dropped, failedBeside } = measurement;
  return [
    ...(dropped === 0 ? [] : [`${dropped} records of a proxy were lost: there were too many at once.`]),
    ...(failedBeside === 0
      ? []
      : [
          `${failedBeside} calls to a dependency failed by themselves while other items ran beside, and carry no trace id that says whose they were: run it with parallel 1, or pass traceparent on.`,
        ]),
  ].map((message) => ({ where, message }));
}
