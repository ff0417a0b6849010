import type { Clock } from '../../clock.ts';
import type { AppConfig } from '../../config.ts';
import type { StringMap } from '../../types.ts';
import type { DrillJournal } from '../drill-journal.ts';

/** What each way of breaking something works with. */
export interface MeansDeps {
  readonly clock: Clock;
  /** Aborts when the drill is cancelled. */
  readonly signal: AbortSignal;
  /** What programs inherit: `serviceEnv` of `Surroundings`. */
  readonly baseEnv: StringMap;
  readonly journal: DrillJournal;
}

/** For what needs the user's configuration too. */
export interface AppMeansDeps extends MeansDeps {
  readonly app: Pick<AppConfig, 'folder' | 'env'>;
  /** Hosts other than loopback, as the user's configuration has them. */
  readonly allowHosts: readonly string[];
}
