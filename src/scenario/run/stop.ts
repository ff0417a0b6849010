/** One signal for thousands of listeners: removing one from an AbortSignal walks a list of all of them. */
export interface Stop {
  readonly aborted: boolean;
  /** Calls `onStop` once when it stops; gives the function that forgets it again. */
  listen(onStop: () => void): () => void;
}

/** Gives a stop that follows `signal`, with one listener on it. */
export function followSignal(signal: AbortSignal): Stop {
  const listeners = new Set<() => void>();
  const stop = () => {
    for (const listener of [...listeners]) listener();
    listeners.clear();
  };
  signal.addEventListener('abort', stop, { once: true });
  return {
    get aborted() {
      return signal.aborted;
    },
    listen(onStop) {
      if (signal.aborted) onStop();
      else listeners.add(onStop);
      return () => void listeners.delete(onStop);
    },
  };
}
