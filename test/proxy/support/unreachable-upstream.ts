import fc from 'fast-check';
import { onTestFinished } from 'vitest';
import { FaultProxy } from '../../../src/proxy/fault-proxy.ts';
import { resolveWindows } from '../../../src/proxy/periods.ts';
import type { UpstreamProtocol } from '../../../src/types.ts';
import { createFakeTimeline } from './fake-timeline.ts';
import { programOf } from './program.ts';

type Failure = 'nxdomain' | 'servfail' | 'timeout';

/** Periods of the two faults that make an upstream unreachable. */
interface Faults {
  readonly refuse: string | null;
  readonly dns: { readonly failure: Failure; readonly period: string } | null;
}

/** What happens next: the client of that place sends, time passes, or the faults change. */
export type Step = { readonly use: number } | { readonly wait: number } | { readonly faults: Faults };

/** What the ledger must say of an exchange: its outcome, and the types of its hits. */
export type Expected = readonly [outcome: string, ...hits: string[]];

/** A reset comes up to 3 ms after the last bytes. */
export const RESET_MS = 5;
/** Time after which a resolver that hears nothing gives up. */
export const RESOLVER_MS = 10_000;

const CLIENTS = 3;
const DURATION_MS = 10_000;

const period = fc.constantFrom(
  'start:0',
  'start:100ms',
  'start:300ms,duration:200ms',
  'duration:100ms;start:5%',
);
const failure = fc.constantFrom<Failure>('nxdomain', 'servfail', 'timeout');
const faults = fc.record({
  refuse: fc.option(period, { freq: 2 }),
  dns: fc.option(fc.record({ failure, period })),
});

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ use: fc.nat(CLIENTS - 1) }) },
    { weight: 2, arbitrary: fc.record({ wait: fc.integer({ min: 1, max: 400 }) }) },
    { weight: 2, arbitrary: fc.record({ faults }) },
  ),
  { minLength: 1, maxLength: 14 },
);

/** A proxy in this thread whose time the test moves, and what its faults mean at that time. */
export async function openUnreachable(protocol: UpstreamProtocol, port: number) {
  const timeline = createFakeTimeline();
  const spec = { name: 'here', listenPort: 0, upstream: { protocol, host: 'localhost', port } };
  const proxy = new FaultProxy(spec, programOf([], { epochMs: 0 }), timeline);
  const listening = await proxy.open(0);
  onTestFinished(async () => void (await proxy.close()));
  let current: Faults = { refuse: null, dns: null };
  let epochMs = 0;
  const isActive = (text: string | undefined | null, fromMs: number, toMs: number) => {
    if (text === undefined || text === null) return false;
    const [planned] = programOf([{ type: 'refuse', period: text }]).faults;
    return resolveWindows(planned?.fault.periods ?? [], DURATION_MS).some(
      ({ startMs, endMs }) => epochMs + startMs <= toMs && fromMs < epochMs + endMs,
    );
  };
  return {
    proxy,
    timeline,
    port: listening,
    /** Whether the upstream is down at some time of that stretch. */
    isRefusing: (fromMs: number, toMs: number) => isActive(current.refuse, fromMs, toMs),
    /** How resolving its name fails now, and when it has failed; `null`: it does not. */
    resolving(): { readonly expected: Expected; readonly failure: Failure; readonly atMs: number } | null {
      const nowMs = timeline.now();
      if (current.dns === null || !isActive(current.dns.period, nowMs, nowMs)) return null;
      const { failure: how } = current.dns;
      const outcome = how === 'timeout' ? 'upstream_timeout' : 'upstream_error';
      return {
        failure: how,
        expected: [outcome, 'dns'],
        atMs: nowMs + (how === 'timeout' ? RESOLVER_MS : 0),
      };
    },
    change(next: Faults): void {
      current = next;
      epochMs = timeline.now();
      const raws = [
        ...(next.dns === null ? [] : [{ type: 'dns', ...next.dns }]),
        ...(next.refuse === null ? [] : [{ type: 'refuse', period: next.refuse }]),
      ];
      proxy.setProgram(programOf(raws, { epochMs, durationMs: DURATION_MS }));
    },
  };
}

/** Turns the loop until it is so: sockets are real, only the time is not. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
