import type { Strategy } from '../types.ts';
import type { Phase, Sample } from '../types-run.ts';

export type StrategyMode = Strategy['mode'];
export type StrategyOf<M extends StrategyMode> = Extract<Strategy, { readonly mode: M }>;

/** Some requests of one phase, `intervalMs` apart. */
export interface Batch {
  readonly phase: Phase;
  /** Which call of `repeat`, from 0. */
  readonly step: number;
  readonly count: number;
  readonly intervalMs: number;
  readonly connection: 'per-request' | 'keep-alive';
}

/** What a strategy works with. It decides when requests leave and which faults are on; it judges nothing. */
export interface StrategyDeps {
  /** Sends the batch and gives its samples once all have ended. The clock of the phase starts with its first batch. */
  send(batch: Batch): Promise<readonly Sample[]>;
  /** Turns the faults on, with `stepField` raised by `raise`; resolves when each proxy has acknowledged. */
  turnFaultsOn(raise: { readonly field: string; readonly by: number } | null): Promise<void>;
  turnFaultsOff(): Promise<void>;
  /** @throws when the run is cancelled. */
  pause(ms: number): Promise<void>;
  /** Whether a call meets what is expected of it. */
  meets(sample: Sample): boolean;
  /** The call may be repeated without faults: it is safe, or differs each time. */
  readonly repeatable: boolean;
  readonly signal: AbortSignal;
}

/** One strategy: how many requests, for how long, and when. */
export interface StrategyDefinition<M extends StrategyMode> {
  readonly mode: M;
  /** Requests sent with the faults. */
  countRequests(strategy: StrategyOf<M>): number;
  /** Duration that percentages of a period refer to; `null`: there is none. */
  periodBaseMs(strategy: StrategyOf<M>): number | null;
  run(strategy: StrategyOf<M>, deps: StrategyDeps): Promise<void>;
}

/** Gives the definition its type. */
export function defineStrategy<M extends StrategyMode>(
  definition: StrategyDefinition<M>,
): StrategyDefinition<M> {
  return definition;
}
