import type { Strategy } from '../../types.ts';
import type { StrategyDeps } from '../strategy.ts';
import load from './load.ts';
import repeat from './repeat.ts';
import single from './single.ts';

/** Every strategy by its mode. */
export const strategies = { single, repeat, load } as const;

/** Requests that the strategy sends with the faults. */
export function countRequests(strategy: Strategy): number {
  switch (strategy.mode) {
    case 'single':
      return single.countRequests(strategy);
    case 'repeat':
      return repeat.countRequests(strategy);
    case 'load':
      return load.countRequests(strategy);
  }
}

/** Duration that percentages of a period refer to; `null`: there is none. */
export function periodBaseMs(strategy: Strategy): number | null {
  switch (strategy.mode) {
    case 'single':
      return single.periodBaseMs(strategy);
    case 'repeat':
      return repeat.periodBaseMs(strategy);
    case 'load':
      return load.periodBaseMs(strategy);
  }
}

/** Sends the requests of the strategy. */
export function runStrategy(strategy: Strategy, deps: StrategyDeps): Promise<void> {
  switch (strategy.mode) {
    case 'single':
      return single.run(strategy, deps);
    case 'repeat':
      return repeat.run(strategy, deps);
    case 'load':
      return load.run(strategy, deps);
  }
}
