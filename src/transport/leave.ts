const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Longest time that ending runs, proxies and connections may take. */
const CLOSE_LIMIT_MS = 3_000;

/**
 * Ends the process on a signal, or when the function that it gives is called: the steps one after another, each
 * whatever became of the one before, then exit status 0. After 3 s the process goes even if a step hangs; what a run
 * had measured is on disk by then.
 */
export function leaveBySteps(steps: readonly (() => Promise<void>)[]): () => void {
  let leaving = false;
  const leave = () => {
    if (leaving) return;
    leaving = true;
    setTimeout(() => process.exit(0), CLOSE_LIMIT_MS).unref();
    void takeSteps(steps).then(() => process.exit(0));
  };
  for (const signal of SIGNALS) process.on(signal, leave);
  return leave;
}

async function takeSteps(steps: readonly (() => Promise<void>)[]): Promise<void> {
  for (const step of steps) await Promise.allSettled([step()]);
}
