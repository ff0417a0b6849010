import type { Item, Notice } from '../../types.ts';
import { estimateItem } from '../estimate.ts';
import { boundPacking, type LaneLimits, type LaneTask } from './lanes.ts';
import { type Placement, placeFaults } from './placement.ts';
import type { ItemPlan } from './plan.ts';
import type { RunProxy } from './proxies.ts';

/** An item with what it may run beside. */
export interface ItemTask extends LaneTask {
  readonly plan: ItemPlan;
  /** Why it runs alone; `null`: side by side with others. */
  readonly aloneBecause: string | null;
  /** Time that is fixed beforehand: loads, waits and injected delays. */
  readonly estimateMs: number;
}

/** Items in the order in which they run. */
export interface ItemOrder {
  /** The items of a group start when all of the group before have ended. */
  readonly groups: readonly (readonly ItemTask[])[];
  /** Which items run alone, and why; nothing where every item runs alone, as one lane does. */
  readonly notices: readonly Notice[];
}

/** What stands open for all items. */
export interface OpenBeside {
  /** By the origin key of their upstream. */
  readonly proxies: ReadonlyMap<string, RunProxy>;
  /** The run has a forward proxy. */
  readonly forward: boolean;
}

/** Where the notices about the order stand. */
export const ORDER_NOTICE = 'side by side';
const MAX_NAMES = 3;
/** Requests a second of all items that run side by side; more would make them disturb each other. */
const MAX_SHARED_RATE = 200;

/** What items side by side share. */
export function limitLanes(parallel: number): LaneLimits {
  return { lanes: Math.max(1, parallel), ratePerSecond: MAX_SHARED_RATE };
}

/**
 * Orders the items so that their verdicts are those of a run one after another. An item whose faults are all at its
 * own edge runs beside others; one that others would feel runs alone. Longest first, which packs best (R. L. Graham,
 * "Bounds on multiprocessing timing anomalies", 1969). What deletes keeps its place in the file.
 */
export function orderItems(plans: readonly ItemPlan[], limits: LaneLimits, open: OpenBeside): ItemOrder {
  const tasks = plans.map((plan) => makeTask(plan, limits, open));
  if (limits.lanes === 1) return { groups: [tasks], notices: [] };
  const groups = splitAtDeletes(tasks).map((group) => [
    ...group.filter(({ alone }) => !alone).toSorted((left, right) => right.estimateMs - left.estimateMs),
    ...group.filter(({ alone }) => alone),
  ]);
  return { groups, notices: tasks.length < 2 ? [] : explainAlone(tasks) };
}

/** Time in ms that no run in this order can beat: that of loads, waits and delays, packed into the lanes. */
export function boundRun({ groups }: ItemOrder, limits: LaneLimits): number {
  return groups.reduce(
    (sum, group) =>
      sum +
      boundPacking(
        group.map((task) => ({ ...task, ms: task.estimateMs })),
        limits,
      ),
    0,
  );
}

function makeTask(plan: ItemPlan, limits: LaneLimits, { proxies, forward }: OpenBeside): ItemTask {
  const { item } = plan.planned;
  const { strategy } = item.context;
  const ratePerSecond = strategy.mode === 'load' ? strategy.clients * strategy.requestsPerSecond : 1;
  const placement = placeFaults(item, { openKeys: new Set(proxies.keys()), forward }, '');
  const aloneBecause =
    explainShared(item, placement, proxies) ??
    (isDelete(plan) ? 'what is deleted is missing for the items after it' : null) ??
    (ratePerSecond > limits.ratePerSecond
      ? `${ratePerSecond} requests a second are more than the ${limits.ratePerSecond} that items side by side share`
      : null);
  return {
    plan,
    ratePerSecond,
    alone: aloneBecause !== null,
    aloneBecause,
    estimateMs: estimateItem(item).durationMs,
  };
}

/** What the item touches behind the service, where every other item's calls pass too. */
function explainShared(
  { context }: Item,
  placement: Placement,
  openProxies: ReadonlyMap<string, RunProxy>,
): string | null {
  const acting = [
    ...placement.openKeys.map((key) => openProxies.get(key)?.spec.name ?? key),
    ...placement.forwardOrigins,
  ];
  if (acting.length > 0)
    return `its faults act behind the service (${acting.join(', ')}), where others would feel them`;
  const ports = context.proxy.mappings.map(({ listenPort }) => listenPort);
  return ports.length === 0
    ? null
    : `it opens ${ports.length === 1 ? 'port' : 'ports'} ${ports.join(', ')} behind the service, where others would feel it`;
}

function isDelete({ planned }: ItemPlan): boolean {
  return planned.item.call.method === 'DELETE';
}

function splitAtDeletes(tasks: readonly ItemTask[]): readonly (readonly ItemTask[])[] {
  const groups: ItemTask[][] = [[]];
  for (const task of tasks) {
    if (isDelete(task.plan)) groups.push([task], []);
    else groups.at(-1)?.push(task);
  }
  return groups.filter((group) => group.length > 0);
}

function explainAlone(tasks: readonly ItemTask[]): readonly Notice[] {
  const alone = tasks.flatMap(({ plan, aloneBecause: why }) =>
    why === null ? [] : [{ id: plan.planned.id, why }],
  );
  return [...new Set(alone.map(({ why }) => why))].map((why) => {
    const ids = alone.filter((each) => each.why === why).map(({ id }) => id);
    const more = ids.length > MAX_NAMES ? ` and ${ids.length - MAX_NAMES} more` : '';
    return {
      where: ORDER_NOTICE,
      message: `Not side by side: ${ids.slice(0, MAX_NAMES).join(', ')}${more}; ${why}.`,
    };
  });
}
