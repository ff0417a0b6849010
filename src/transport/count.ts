/** How many of something are under way. */
export interface Count {
  /** Counts one more; the function that it gives ends that one, and may be called again. */
  enter(): () => void;
  size(): number;
  /** Resolves once none is under way, or after `limitMs`. */
  untilNone(limitMs: number): Promise<void>;
}

/** A count of none. */
export function createCount(): Count {
  const entries = new Set<symbol>();
  let onNone: (() => void)[] = [];
  return {
    enter() {
      const entry = Symbol('entry');
      entries.add(entry);
      return () => {
        entries.delete(entry);
        if (entries.size > 0) return;
        for (const resolve of onNone) resolve();
        onNone = [];
      };
    },
    size: () => entries.size,
    async untilNone(limitMs) {
      if (entries.size === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, limitMs);
        onNone.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
  };
}
