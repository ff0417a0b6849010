import type { Clock } from '../../clock.ts';

/** Something that is looked at again and again beside a drill. */
export interface Watch<Seen> {
  /** Ends it and gives all that was seen; never rejects. May be called again. */
  stop(): Promise<Seen>;
}

export interface WatchDeps {
  readonly clock: Clock;
  /** `Clock.now()` from which the times of what is seen count. */
  readonly epochMs: number;
  readonly signal: AbortSignal;
}
