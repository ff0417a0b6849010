import { readFault } from '../../proxy/fault-schema.ts';
import type { Expectation, Fault, JsonValue, Slo, Strategy } from '../../types.ts';

/** One kind of trouble that is tried on each operation. */
export interface Shape {
  readonly id: string;
  /** `edge`: between the caller and the service; `dependency`: between the service and each of its dependencies. */
  readonly scope: 'edge' | 'dependency';
  /** `{dependency}` stands for its name. */
  readonly title: string;
  readonly description: string;
  readonly timeoutMs: number | null;
  /** It is made only where `shapes` names it. */
  readonly byNameOnly: boolean;
  readonly faults: readonly Fault[];
  readonly strategy: Strategy;
  readonly slos: readonly Slo[];
  readonly expects: ShapeExpectation;
}

export interface ShapeExpectation {
  /** The documented statuses are expected. */
  readonly documented: boolean;
  /** Accepted beside the documented ones: honest answers while a dependency is away. */
  readonly alsoStatuses: readonly number[];
  readonly responseTimeUnderMs: number | null;
  readonly allSloAreValid: boolean | null;
}

export interface ShapeSpec {
  readonly id: string;
  readonly scope?: Shape['scope'];
  readonly title: string;
  readonly description: string;
  readonly timeoutMs?: number;
  readonly byNameOnly?: boolean;
  /** As written in a scenario file. */
  readonly faults: readonly { readonly [key: string]: JsonValue }[];
  readonly strategy?: Strategy;
  readonly slos?: readonly Slo[];
  readonly expects?: Partial<ShapeExpectation>;
}

/** Makes a listed shape of its description. */
export function defineShape(spec: ShapeSpec): Shape {
  return {
    id: spec.id,
    scope: spec.scope ?? 'edge',
    title: spec.title,
    description: spec.description,
    timeoutMs: spec.timeoutMs ?? null,
    byNameOnly: spec.byNameOnly ?? false,
    faults: spec.faults.map(readFault),
    strategy: spec.strategy ?? { mode: 'single' },
    slos: spec.slos ?? [],
    expects: {
      documented: true,
      alsoStatuses: [],
      responseTimeUnderMs: null,
      allSloAreValid: null,
      ...spec.expects,
    },
  };
}

/** What a shape expects of an operation that documents `statuses`. */
export function expectationOf({ expects }: Shape, statuses: readonly number[]): Expectation {
  const { documented, alsoStatuses, responseTimeUnderMs, allSloAreValid } = expects;
  return {
    statuses: documented ? [...new Set([...statuses, ...alsoStatuses])] : [],
    responseTimeUnderMs,
    allSloAreValid,
    bodyMatchesSchema: false,
  };
}

/** A load with a new connection for each request and a baseline. */
export function loadOf(durationMs: number, clients: number, requestsPerSecond: number): Strategy {
  return { mode: 'load', durationMs, clients, requestsPerSecond, connection: 'per-request', baseline: true };
}

/** Promise that is checked under load: 95 % of answers within `thresholdMs`, less than 1 % errors. */
export function usualSlos(thresholdMs = 300): readonly Slo[] {
  return [
    { kind: 'latency', title: `P95 < ${thresholdMs}ms`, objectivePercent: 95, thresholdMs },
    { kind: 'error', title: 'P99 < 1% errors', objectivePercent: 99, thresholdPercent: 1 },
  ];
}
