import { type Member, Roster } from '../../roster.ts';

/** One signal for thousands of listeners: removing one from an AbortSignal walks a list of all of them. */
export interface Stop {
  readonly aborted: boolean;
  /** Calls `onStop` once when it stops; gives the function that forgets it again. */
  listen(onStop: () => void): () => void;
}

interface Listener extends Member<Listener> {
  readonly onStop: () => void;
}

/** Gives a stop that follows `signal`, with one listener on it. */
export function followSignal(signal: AbortSignal): Stop {
  const listeners = new Roster<Listener>();
  const stop = () => {
    for (const listener of [...listeners]) {
      if (listeners.remove(listener)) listener.onStop();
    }
  };
  signal.addEventListener('abort', stop, { once: true });
  return {
    get aborted() {
      return signal.aborted;
    },
    listen(onStop) {
      const listener: Listener = { onStop, before: null, after: null };
      if (signal.aborted) onStop();
      else listeners.add(listener);
      return () => void listeners.remove(listener);
    },
  };
}
