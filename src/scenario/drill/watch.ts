export type { Watch, WatchDeps } from '../../types-watch.ts';
