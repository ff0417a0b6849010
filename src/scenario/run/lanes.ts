/** Something that runs for a while, and says what it may run beside. */
export interface LaneTask {
  /** Nothing else runs meanwhile. */
  readonly alone: boolean;
  /** Requests a second that it sends. */
  readonly ratePerSecond: number;
}

export interface LaneLimits {
  readonly lanes: number;
  /** Of all tasks together; one that needs more by itself runs alone. */
  readonly ratePerSecond: number;
}

/**
 * Runs the tasks side by side, each as early as the rate and a lane are free, the first in the list before others.
 * After a failure none is started, and the first failure is thrown once all have ended.
 */
export async function runInLanes<T extends LaneTask>(
  tasks: readonly T[],
  limits: LaneLimits,
  run: (task: T) => Promise<void>,
): Promise<void> {
  const waiting = [...tasks];
  const running = new Map<T, Promise<void>>();
  const failures: unknown[] = [];
  const fits = (task: T) => {
    const others = [...running.keys()];
    if (others.length === 0) return true;
    const rate = others.reduce((sum, other) => sum + other.ratePerSecond, task.ratePerSecond);
    return (
      others.length < limits.lanes &&
      rate <= limits.ratePerSecond &&
      !task.alone &&
      !others.some(({ alone }) => alone)
    );
  };
  const start = (task: T) => {
    waiting.splice(waiting.indexOf(task), 1);
    const ended = run(task)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => running.delete(task));
    running.set(task, ended);
  };
  while ((waiting.length > 0 && failures.length === 0) || running.size > 0) {
    for (
      let next = waiting.find(fits);
      next !== undefined && failures.length === 0;
      next = waiting.find(fits)
    ) {
      start(next);
    }
    await Promise.race(running.values());
  }
  if (failures.length > 0) throw failures[0];
}

/**
 * Time that no schedule of the tasks can beat: those that run alone one after another; the others bounded by the
 * longest, by the lanes, and by the rate.
 */
export function boundPacking(
  tasks: readonly (LaneTask & { readonly ms: number })[],
  { lanes, ratePerSecond }: LaneLimits,
): number {
  const sumOf = (some: readonly number[]) => some.reduce((total, ms) => total + ms, 0);
  const beside = tasks.filter(({ alone }) => !alone);
  const rateMs = beside.map((task) => task.ms * Math.min(1, task.ratePerSecond / ratePerSecond));
  const all = beside.map(({ ms }) => ms);
  return (
    sumOf(tasks.filter(({ alone }) => alone).map(({ ms }) => ms)) +
    Math.max(sumOf(all) / lanes, sumOf(rateMs), ...all, 0)
  );
}
