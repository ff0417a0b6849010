import fc from 'fast-check';
import type { ByteFlow } from '../../../src/proxy/fault.ts';

/** What happens next to a connection; `next` begins another exchange on it. */
export type Step =
  | { readonly flow: ByteFlow; readonly chunk: number }
  | { readonly wait: number }
  | { readonly next: true }
  | { readonly faults: readonly object[] };

/** Where and when a fault acts; what a fault says itself comes after it and wins. */
const place = fc.record(
  {
    direction: fc.constantFrom('ingress', 'egress', 'both'),
    probability: fc.constantFrom(0.5, 1),
    period: fc.constantFrom(
      'start:100ms,duration:200ms',
      'start:0ms,duration:50ms;start:400ms,duration:300ms',
      'start:5%,duration:20%',
    ),
  },
  { requiredKeys: [] },
);

/** A fault whose meaning is not to lose bytes. */
export const harmless: fc.Arbitrary<object> = fc
  .tuple(
    place,
    fc.oneof(
      fc.record({
        type: fc.constant('latency'),
        mean: fc.integer({ min: 0, max: 300 }),
        stddev: fc.integer({ min: 0, max: 100 }),
        global: fc.boolean(),
      }),
      fc.record({
        type: fc.constant('jitter'),
        amplitude: fc.integer({ min: 0, max: 200 }),
        frequency: fc.integer({ min: 1, max: 50 }),
      }),
      fc.record({
        type: fc.constant('bandwidth'),
        rate: fc.integer({ min: 1_000, max: 100_000 }),
        burst: fc.integer({ min: 0, max: 500 }),
        per_connection: fc.boolean(),
      }),
      fc.record({
        type: fc.constant('packetloss'),
        rate: fc.constantFrom(0.01, 0.1),
        mss: fc.integer({ min: 20, max: 100 }),
        rtt: fc.integer({ min: 0, max: 100 }),
      }),
      fc.record({
        type: fc.constant('slow_body'),
        chunk_bytes: fc.integer({ min: 2, max: 40 }),
        interval: fc.integer({ min: 0, max: 30 }),
        variation: fc.constantFrom(0, 1),
      }),
      fc.record({
        type: fc.constant('blackhole'),
        period: fc.constantFrom('start:100ms,duration:200ms', 'duration:1s'),
      }),
    ),
  )
  .map(([where, fault]) => ({ ...where, ...fault }));

const cut = fc.oneof(
  fc.record({
    type: fc.constant('httperror'),
    phase: fc.constantFrom('request', 'response'),
    status_code: fc.constantFrom(429, 503),
  }),
  fc.record({ type: fc.constant('reset'), after_bytes: fc.integer({ min: 0, max: 2_000 }) }),
  fc.record({
    type: fc.constant('close'),
    after_bytes: fc.integer({ min: 0, max: 2_000 }),
    delay: fc.integer({ min: 0, max: 100 }),
  }),
);

/** A fault that cuts a connection or answers in the place of an exchange. */
export const cutting: fc.Arbitrary<object> = fc
  .tuple(
    fc.oneof(
      cut,
      fc.record({ type: fc.constant('fail_first'), count: fc.integer({ min: 1, max: 3 }), fault: cut }),
    ),
    fc.record({ probability: fc.constantFrom(0.5, 1) }),
  )
  .map(([fault, where]) => ({ ...where, ...fault }));

/** Chunks on both flows, waits, further exchanges and live changes to some of `faults`. */
export function stepsOf(faults: fc.Arbitrary<object>): fc.Arbitrary<Step[]> {
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        flow: fc.constantFrom<ByteFlow>('request', 'response'),
        chunk: fc.integer({ min: 1, max: 400 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ wait: fc.integer({ min: 0, max: 400 }) }) },
    { weight: 1, arbitrary: fc.constant<Step>({ next: true }) },
    { weight: 1, arbitrary: fc.record({ faults: fc.array(faults, { maxLength: 3 }) }) },
  );
  return fc.array(step, { maxLength: 40 });
}
