import { createRandom, type Random } from '../random.ts';
import type { FaultProgram, PlannedFault } from '../types-run.ts';
import type { ByteFlow, FaultActor, FaultLink, FlowFault } from './fault.ts';
import { definitionOf, faultFlows, startFault } from './fault-schema.ts';
import { type LimitedRequest, matchLimit } from './limit.ts';
import { openWindowEndMs } from './periods.ts';

/** What a fault has to know of the exchange that it meets. */
export interface FaultedExchange {
  readonly number: number;
  readonly startedAtMs: number;
  readonly connection: object;
  readonly client: string;
  /** `null`: no HTTP request. */
  readonly request: LimitedRequest | null;
  /** Whether a fault's probability chose this exchange; filled in by the fault. */
  readonly draws: Map<ActiveFault, boolean>;
  readonly grips: Map<Stage, FlowFault>;
  /** Indexes of faults that are limited to other requests. */
  readonly outsideOf: number[];
}

/** One fault at work on one flow: a station that pieces pass. */
export interface Stage {
  readonly fault: ActiveFault;
  readonly flow: ByteFlow;
}

/** The faults of one proxy at one time, at work. */
export interface LiveProgram {
  readonly faults: readonly ActiveFault[];
  readonly stages: Readonly<Record<ByteFlow, readonly Stage[]>>;
  /** Whether one of them may act without any byte. */
  readonly hasAlarms: boolean;
}

/**
 * Sets a program to work. A fault that stood in `previous` in the very same way goes on with its state, so that a
 * token bucket does not start again and what it holds stays held.
 */
export function startProgram(program: FaultProgram, previous: LiveProgram | null): LiveProgram {
  const kept = new Map(previous?.faults.map((fault) => [fault.key, fault]));
  const faults = program.faults.map((planned) => {
    const key = JSON.stringify([program.seed, program.itemKey, program.epochMs, planned]);
    return kept.get(key) ?? new ActiveFault(key, planned, program);
  });
  const stagesOf = (flow: ByteFlow) => faults.flatMap((fault) => fault.stages[flow] ?? []);
  return {
    faults,
    stages: { request: stagesOf('request'), response: stagesOf('response') },
    hasAlarms: faults.some((fault) => fault.hasAlarms),
  };
}

/** A planned fault at work at one proxy. */
export class ActiveFault {
  readonly key: string;
  readonly index: number;
  readonly type: string;
  readonly readAheadBytes: number;
  readonly hasAlarms: boolean;
  readonly stages: Readonly<Partial<Record<ByteFlow, Stage>>>;
  readonly #planned: PlannedFault;
  readonly #program: FaultProgram;
  readonly #actor: FaultActor;
  readonly #fits: ((request: LimitedRequest | null) => boolean) | null;

  constructor(key: string, planned: PlannedFault, program: FaultProgram) {
    const definition = definitionOf(planned.fault.type);
    this.key = key;
    this.index = planned.index;
    this.type = planned.fault.type;
    this.readAheadBytes = definition.readAheadBytes;
    this.hasAlarms = definition.hasAlarms;
    this.#planned = planned;
    this.#program = program;
    this.#actor = startFault(planned.fault, { epochMs: program.epochMs });
    this.#fits = planned.fault.only === null ? null : matchLimit(planned.fault.only);
    this.stages = Object.fromEntries(
      faultFlows(planned.fault).map((flow): [ByteFlow, Stage] => [flow, { fault: this, flow }]),
    );
  }

  /** End of the period that is open at `atMs`, both on the clock; `null`: the fault is not active then. */
  activeUntilMs(atMs: number): number | null {
    const endMs = openWindowEndMs(this.#planned.windows, atMs - this.#program.epochMs);
    return endMs === null ? null : endMs + this.#program.epochMs;
  }

  /** First time from `atMs` on at which the fault is active; `Infinity`: never again. */
  nextActiveMs(atMs: number): number {
    if (this.activeUntilMs(atMs) !== null) return atMs;
    const starts = this.#planned.windows.map(({ startMs }) => startMs + this.#program.epochMs);
    return Math.min(...starts.filter((startMs) => startMs >= atMs), Number.POSITIVE_INFINITY);
  }

  /**
   * The fault on one flow of an exchange; `null` when its probability passed the exchange over, or it is limited to
   * other requests: those it does not even count.
   */
  meet(exchange: FaultedExchange, stage: Stage): FlowFault | null {
    if (!this.#chooses(exchange)) return null;
    const known = exchange.grips.get(stage);
    if (known !== undefined) return known;
    const grip = this.#actor.begin(
      new Link(this, exchange, stage.flow, () => this.#randomOf(exchange, stage.flow)),
    );
    exchange.grips.set(stage, grip);
    return grip;
  }

  #chooses(exchange: FaultedExchange): boolean {
    const { probability } = this.#planned.fault;
    if (probability >= 1 && this.#fits === null) return true;
    const known = exchange.draws.get(this);
    if (known !== undefined) return known;
    const fits = this.#fits?.(exchange.request) ?? true;
    if (!fits) exchange.outsideOf.push(this.index);
    const chosen = fits && (probability >= 1 || this.#randomOf(exchange, 'chosen').next() < probability);
    exchange.draws.set(this, chosen);
    return chosen;
  }

  #randomOf(exchange: FaultedExchange, purpose: string): Random {
    const { seed, itemKey } = this.#program;
    return createRandom(seed, itemKey, this.index, exchange.number, purpose);
  }
}

/** Most faults draw little or nothing, and few ask for more than the flow: all else is found when it is asked for. */
class Link implements FaultLink {
  readonly flow: ByteFlow;
  readonly exchange: FaultedExchange;
  readonly #fault: ActiveFault;
  readonly #makeRandom: () => Random;
  #random: Random | null = null;

  constructor(fault: ActiveFault, exchange: FaultedExchange, flow: ByteFlow, makeRandom: () => Random) {
    this.flow = flow;
    this.exchange = exchange;
    this.#fault = fault;
    this.#makeRandom = makeRandom;
  }

  get random(): Random {
    this.#random ??= this.#makeRandom();
    return this.#random;
  }

  get exchangeStartedAtMs(): number {
    return this.exchange.startedAtMs;
  }

  get connection(): object {
    return this.exchange.connection;
  }

  get client(): string {
    return this.exchange.client;
  }

  activeUntilMs(atMs: number): number {
    return this.#fault.activeUntilMs(atMs) ?? atMs;
  }
}
