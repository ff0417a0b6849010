/**
 * The contract of a kind of drill. A kind knows how to break one thing and how to mend it again; phases, load,
 * observation and judgement are the same for all of them. What it needs of the machine comes in as functions.
 */
import type { z } from 'zod';
import type { Clock } from '../../clock.ts';
import type { Random } from '../../random.ts';
import type { UpstreamProtocol } from '../../types.ts';
import type { ActiveFailure, DrillDependency, DrillMeans, DrillService } from '../../types-means.ts';

export type { ActiveFailure, DrillDependency, DrillMeans, DrillService };

/** What a kind works with. */
export interface DrillGround {
  readonly clock: Clock;
  readonly random: Random;
  /** Aborts when the drill is cancelled. */
  readonly signal: AbortSignal;
  /** How long the failure is to last. */
  readonly failureMs: number;
  /** The dependency that the plan names; kinds with `breaks: 'dependency'` have it. */
  readonly dependency: DrillDependency | null;
  readonly dependencies: readonly DrillDependency[];
  readonly service: DrillService;
  readonly means: DrillMeans;
}

/** One kind of drill. */
export interface DrillDefinition<Params extends z.ZodObject> {
  /** snake_case, as in `drills.run` of breakwater.yaml. */
  readonly kind: string;
  /** As a report names it: `Database Connection Failure`. */
  readonly title: string;
  /** Names the RTO that applies: `database`, `cache`, `network`, `slow_query`, `memory`, `cpu`, `application_crash`. */
  readonly failureType: string;
  /** `dependencies`: the one that the plan names, or all. */
  readonly breaks: 'dependency' | 'dependencies' | 'service';
  /** A dependency of these protocols is chosen where the plan names none; empty: any. */
  readonly protocols: readonly UpstreamProtocol[];
  /** The failure is over as soon as it has begun, so that recovery counts from its beginning. */
  readonly isMomentary: boolean;
  readonly params: Params;
  /** Breaks it; resolves once it is broken. */
  begin(params: z.output<Params>, ground: DrillGround): Promise<ActiveFailure>;
}

/** A kind in a list of different kinds. */
export type AnyDrill = DrillDefinition<z.ZodObject>;

/** Gives the kind back with the types of its parameters inferred. */
export function defineDrill<Params extends z.ZodObject>(
  drill: DrillDefinition<Params>,
): DrillDefinition<Params> {
  return drill;
}
