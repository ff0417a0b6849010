import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readScenarios } from '../../../src/scenario/file/read.ts';
import { writeScenarios } from '../../../src/scenario/file/write.ts';
import type { Call, Fault, Item, Scenario, Slo, Strategy } from '../../../src/types.ts';

const text = fc.string({ minLength: 1, maxLength: 20 });
const name = fc.stringMatching(/^[a-z][a-z_-]{0,8}$/);
const texts = fc.dictionary(name, text, { maxKeys: 3 }).map((map) => ({ ...map }));
const bound = fc.oneof(
  fc.integer({ min: 0, max: 100 }).map((percent) => ({ percent })),
  fc.integer({ min: 0, max: 200_000 }).map((ms) => ({ ms })),
);
const periods = fc.array(fc.record({ start: bound, duration: bound }), { maxLength: 3 });

const params = fc.oneof(
  fc
    .record({ mean: fc.integer({ min: 0, max: 900 }), stddev: fc.integer({ min: 0, max: 99 }) })
    .map((rest) => ({
      type: 'latency',
      params: { distribution: 'normal', ...rest, global: true },
    })),
  fc
    .record({ amplitude: fc.integer({ min: 1, max: 99 }), frequency: fc.integer({ min: 1, max: 50 }) })
    .map((rest) => ({
      type: 'jitter',
      params: rest,
    })),
  fc.constant({ type: 'refuse', params: {} }),
);
const fault: fc.Arbitrary<Fault> = fc
  .record({
    of: params,
    side: fc.constantFrom('client', 'server'),
    direction: fc.constantFrom('ingress', 'egress', 'both'),
    periods,
    probability: fc.constantFrom(0.05, 0.5, 1),
    only: fc.option(
      fc
        .record({
          methods: fc.uniqueArray(fc.constantFrom('GET', 'POST', 'PUT')),
          path: fc.option(fc.constantFrom('/users/**', '/orders/{id}', '*.json')),
          header: fc.option(fc.constantFrom('X-Tenant', 'X-Tenant: gold: 1')),
        })
        .filter(({ methods, path, header }) => methods.length > 0 || path !== null || header !== null),
    ),
  })
  .map(({ of, ...rest }) => ({ ...of, ...rest }));

const plainCall = fc.record({
  method: fc.constantFrom('GET' as const, 'POST' as const, 'DELETE' as const),
  url: fc.webPath().map((path) => `http://127.0.0.1:8000${path}`),
  headers: texts,
  body: fc.option(fc.oneof(text, fc.json(), fc.constant("it's\n  two: lines\n"))),
  timeoutMs: fc.integer({ min: 0, max: 90_000 }),
  operationId: fc.option(name),
});
const call: fc.Arbitrary<Call> = fc
  .tuple(plainCall, fc.constantFrom({}, { auth: [] }, { auth: ['token'] }))
  .map(([made, auth]) => ({ ...made, ...auth }));
const strategy: fc.Arbitrary<Strategy> = fc.oneof(
  fc.constant({ mode: 'single' as const }),
  fc.record({
    mode: fc.constant('repeat' as const),
    step: fc.integer({ min: 0, max: 500 }),
    stepField: fc.constantFrom('mean', 'amplitude'),
    count: fc.integer({ min: 1, max: 20 }),
    waitMs: fc.integer({ min: 0, max: 5_000 }),
    failFast: fc.boolean(),
    addBaselineCall: fc.boolean(),
  }),
  fc.record({
    mode: fc.constant('load' as const),
    durationMs: fc.integer({ min: 1, max: 9_000_000 }),
    clients: fc.integer({ min: 1, max: 200 }),
    requestsPerSecond: fc.constantFrom(0.5, 1, 10),
    connection: fc.constantFrom('per-request', 'keep-alive'),
    baseline: fc.boolean(),
  }),
);
const share = fc.integer({ min: 0, max: 100 });
const slo: fc.Arbitrary<Slo> = fc.oneof(
  fc.record({
    kind: fc.constant('latency' as const),
    title: text,
    objectivePercent: share,
    thresholdMs: fc.nat(),
  }),
  fc.record({
    kind: fc.constant('error' as const),
    title: text,
    objectivePercent: share,
    thresholdPercent: share,
  }),
  fc.record({
    kind: fc.constant('error' as const),
    title: text,
    objectivePercent: share,
    thresholdPercent: share,
    errorStatuses: fc.constantFrom(['429'], ['4XX', '503'], []),
  }),
);
const bodySchema = fc.constantFrom(
  {},
  { bodySchema: true },
  { bodySchema: { type: 'object', required: ['userId'] } },
);
const item: fc.Arbitrary<Item> = fc.record({
  call,
  context: fc.record({
    upstreams: fc.constantFrom([], ['*'], ['http://127.0.0.1:8000', 'psql://db:5432']),
    faults: fc.array(fault, { maxLength: 3 }),
    strategy,
    slos: fc.array(slo, { maxLength: 2 }),
    proxy: fc.record({
      disableHttpProxies: fc.boolean(),
      mappings: fc.constantFrom([], [
        { listenPort: 35432, upstream: { protocol: 'http', host: 'shop', port: 80 } },
      ] as const),
    }),
    preflight: fc.option(fc.boolean()),
    runsOn: fc.constantFrom(null, { platform: 'kubernetes', ns: 'x' }),
    degradable: fc.boolean(),
  }),
  expect: fc
    .tuple(
      fc.record({
        statuses: fc.uniqueArray(fc.integer({ min: 100, max: 599 }), { maxLength: 3 }),
        responseTimeUnderMs: fc.option(fc.nat()),
        allSloAreValid: fc.option(fc.boolean()),
        bodyMatchesSchema: fc.boolean(),
      }),
      bodySchema,
    )
    .map(([made, schema]) => ({ ...made, ...schema })),
});
const scenario: fc.Arbitrary<Scenario> = fc.record({
  title: text,
  description: fc.option(text),
  config: fc.record({
    headers: texts,
    segments: texts,
    seed: fc.option(fc.nat()),
    setup: fc.array(
      fc
        .tuple(call, fc.constantFrom({}, { user_id: '/id' }, { a: ['/id', 'header.Location'], b: '' }))
        .map(([made, capture]) => ({ ...made, capture })),
      { maxLength: 2 },
    ),
    teardown: fc.array(call, { maxLength: 1 }),
  }),
  items: fc.array(item, { maxLength: 3 }),
});

test('what is written is read back as it was', () => {
  fc.assert(
    fc.property(fc.array(scenario, { minLength: 1, maxLength: 3 }), (scenarios) => {
      expect(readScenarios(writeScenarios(scenarios), 'f.yaml').scenarios).toEqual(scenarios);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test.each(['reference-fault.yaml', 'reference-lueur.yaml', 'all-keys.yaml'])(
  '%s is read back as it was',
  (file) => {
    const { scenarios } = readScenarios(readFileSync(`test/golden/${file}`, 'utf8'), file);
    const again = readScenarios(writeScenarios(scenarios), file);
    expect(again.scenarios).toEqual(scenarios);
  },
);

test('items that share their parts are written out, not as aliases', () => {
  const { scenarios } = readScenarios(readFileSync('test/golden/all-keys.yaml', 'utf8'), 'f.yaml');
  const twice = scenarios.map((one) => ({ ...one, items: [...one.items, ...one.items] }));
  const written = writeScenarios(twice);
  expect(written).not.toMatch(/[&*]a\d/);
  expect(readScenarios(written, 'f.yaml').scenarios).toEqual(twice);
});
