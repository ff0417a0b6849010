import type { Clock } from '../../clock.ts';
import type { Credentials } from '../../credentials.ts';
import type { Call, Scenario, UpstreamTls } from '../../types.ts';
import { completeCall, type ItemPlan, type PlanRequest } from './plan.ts';
import { runSetup, runTeardown, type SetupResult } from './setup.ts';

/** Setup and teardown around the items of each document. */
export interface Documents {
  /** Makes the setup calls with the document's first item; gives their values to all of its items. */
  enter(plan: ItemPlan): Promise<SetupResult>;
  /** Makes the teardown calls with the document's last item. */
  leave(plan: ItemPlan): Promise<void>;
  /** Makes the teardown calls of documents whose items did not all end. */
  close(): Promise<void>;
}

export interface DocumentsDeps {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** For TLS straight to a target. */
  readonly tls?: UpstreamTls | undefined;
  /** Hosts other than loopback that may be called. Absent: none. */
  readonly allowHosts?: readonly string[] | undefined;
}

const TEARDOWN_LIMIT_MS = 2_000;

/** Prepares the documents of the plans; nothing is sent yet. */
export function openDocuments(
  plans: readonly ItemPlan[],
  request: PlanRequest & { readonly seed: number; readonly credentials?: Credentials },
  deps: DocumentsDeps,
): Documents {
  const left = new Map<Scenario, number>();
  for (const { scenario } of plans) left.set(scenario, (left.get(scenario) ?? 0) + 1);
  const prepared = new Map<Scenario, Promise<SetupResult>>();
  const toCalls = ({ title }: Scenario, signal: AbortSignal) => ({
    seed: request.seed,
    key: `setup of ${title}`,
    signal,
    clock: deps.clock,
    tls: deps.tls,
    allowHosts: deps.allowHosts,
    authorize: <C extends Call>(call: C) => request.credentials?.apply(call) ?? call,
  });
  const tearDown = async (scenario: Scenario) => {
    const before = prepared.get(scenario);
    prepared.delete(scenario);
    if (before === undefined) return;
    const calls = scenario.config.teardown.map((call) => completeCall(call, scenario, request));
    const { values } = await before;
    await runTeardown(calls, values, toCalls(scenario, AbortSignal.timeout(TEARDOWN_LIMIT_MS)));
  };
  return {
    enter({ scenario }) {
      const { config } = scenario;
      const calls = config.setup.map((call) => completeCall(call, scenario, request));
      const result =
        prepared.get(scenario) ?? runSetup(calls, config.segments, toCalls(scenario, deps.signal));
      prepared.set(scenario, result);
      return result;
    },
    async leave({ scenario }) {
      const count = (left.get(scenario) ?? 0) - 1;
      left.set(scenario, count);
      if (count === 0) await tearDown(scenario);
    },
    async close() {
      for (const scenario of [...prepared.keys()]) await tearDown(scenario);
    },
  };
}
