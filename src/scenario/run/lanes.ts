/** Something that runs for a while and needs things that nothing else may use meanwhile. */
export interface LaneTask {
  /** Names of what it needs alone: ports, dependency proxies. */
  readonly resources: readonly string[];
  /** Requests a second that it sends. */
  readonly ratePerSecond: number;
}

export interface LaneLimits {
  readonly lanes: number;
  /** Of all tasks together; one that needs more by itself runs alone. */
  readonly ratePerSecond: number;
}

/**
 * Runs the tasks side by side, each as early as its resources, the rate and a lane are free, the first in the
 * list before others. After a failure none is started, and the first failure is thrown once all have ended.
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
    const rate = others.reduce((sum, other) => sum + other.ratePerSecond, task.ratePerSecond);
    return (
      others.length === 0 ||
      (others.length < limits.lanes &&
        rate <= limits.ratePerSecond &&
        !others.some((other) => other.resources.some((name) => task.resources.includes(name))))
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
