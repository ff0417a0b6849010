import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { readScenarios } from '../../../src/scenario/file/read.ts';

const golden = (name: string) => readFileSync(`test/golden/${name}`, 'utf8');

function itemWith(parts: string, context = '    faults: []'): string {
  return `title: T\nitems:\n- call: {url: http://127.0.0.1:1/}\n  context:\n${context}\n${parts}`;
}

function refusal(text: string): AppError {
  try {
    readScenarios(text, 'f.yaml');
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was read');
}

describe("the reference's files", () => {
  test('that of fault loads whole, without slips', () => {
    const { scenarios, notices } = readScenarios(golden('reference-fault.yaml'), 'f.yaml');
    expect(scenarios.map(({ items }) => items[0]?.context.strategy.mode)).toEqual([
      'single',
      'repeat',
      'load',
      'single',
      'single',
      'load',
      'load',
      'load',
    ]);
    expect(notices.map(({ message }) => message)).toEqual([
      'there is no duration that its period could refer to in mode single: it is active for the whole call.',
    ]);
    expect(scenarios[7]?.items[0]).toMatchObject({
      call: { timeoutMs: 500, operationId: 'index__get' },
      context: {
        upstreams: ['http://localhost:9090'],
        slos: [{ thresholdMs: 300 }, { thresholdPercent: 1 }],
      },
      expect: { statuses: [], responseTimeUnderMs: null, allSloAreValid: null },
    });
  });

  test('that of lueur means the same, each slip with a notice', () => {
    const lueur = readScenarios(golden('reference-lueur.yaml'), 'l.yaml');
    const fault = readScenarios(golden('reference-fault.yaml'), 'f.yaml');
    const essence = ({ scenarios }: typeof fault) =>
      scenarios.map(({ items: [item] }) => [
        item?.context.faults,
        item?.context.upstreams,
        item?.context.strategy,
      ]);
    expect(essence(lueur)).toEqual(essence(fault));
    const messages = new Set(lueur.notices.map(({ message }) => message));
    expect(messages).toContain('"context" is taken as if it stood inside each item (layout of lueur).');
    expect(messages).toContain('"strategy" is taken as if it stood inside "context", not under a fault.');
    expect(messages).toContain('"operation_id" is taken as if it stood inside "meta".');
    expect(lueur.scenarios[6]?.items[0]?.call.operationId).toBe('read_root__get');
  });
});

describe('slips of the guides', () => {
  test('"slo" beside "context"', () => {
    const { scenarios, notices } = readScenarios(
      itemWith('  slo: [{type: latency, objective: 95, threshold: 300}]'),
      'f.yaml',
    );
    expect(scenarios[0]?.items[0]?.context.slos).toMatchObject([{ kind: 'latency', title: 'P95 < 300ms' }]);
    expect(notices.map(({ message }) => message)).toEqual([
      '"slo" is taken as if it stood inside "context".',
      '"type" is taken as "slo_type".',
    ]);
  });
  test('"sched" for "period", with its position', () => {
    const text = itemWith('', '    faults:\n    - type: latency\n      sched: start:1s;duration:2s');
    const { scenarios, notices } = readScenarios(text, 'f.yaml');
    expect(scenarios[0]?.items[0]?.context.faults[0]?.periods).toEqual([
      { start: { ms: 1000 }, duration: { ms: 2000 } },
    ]);
    expect(notices[0]).toEqual({ where: 'f.yaml:7:7', message: '"sched" is taken as "period".' });
    expect(notices[1]?.message).toBe('an open "start" and a lone "duration" are taken as one period.');
  });
  test('"scenarios" for "items"', () => {
    const { scenarios, notices } = readScenarios(
      'title: T\nscenarios: [{call: {url: "http://a/"}}]',
      'f.yaml',
    );
    expect(scenarios[0]?.items).toHaveLength(1);
    expect(notices[0]).toEqual({ where: 'f.yaml:2:1', message: '"scenarios" is taken as "items".' });
  });
});

test('all keys are read', () => {
  const { scenarios, notices } = readScenarios(golden('all-keys.yaml'), 'f.yaml');
  expect(notices).toEqual([]);
  expect(scenarios).toMatchObject([
    {
      config: {
        headers: { 'X-Team': 'blue' },
        segments: { user_id: '7' },
        seed: 42,
        spec: 'docs/openapi.yaml',
        setup: [{ method: 'POST', body: '{"name":"{{uuid}}"}', capture: { user_id: '/id' } }],
        teardown: [{ method: 'DELETE' }],
      },
      items: [
        {
          call: {
            method: 'PUT',
            headers: { Accept: 'application/json' },
            body: '{}',
            timeoutMs: 2500,
            operationId: 'put_user',
            auth: ['token'],
          },
          context: {
            upstreams: ['*', 'psql://127.0.0.1:5432'],
            strategy: {
              mode: 'repeat',
              step: 5,
              stepField: 'amplitude',
              count: 3,
              waitMs: 20,
              failFast: true,
              addBaselineCall: true,
            },
            proxy: {
              disableHttpProxies: true,
              mappings: [
                { listenPort: 35432, upstream: { protocol: 'psql', host: '127.0.0.1', port: 5432 } },
              ],
            },
            preflight: true,
            degradable: true,
            runsOn: { platform: 'kubernetes', ns: 'default' },
          },
          expect: {
            statuses: [200, 204],
            responseTimeUnderMs: 100,
            allSloAreValid: false,
            bodyMatchesSchema: true,
            bodySchema: { type: 'object', properties: { userId: { type: 'integer' } } },
          },
        },
        {
          context: {
            strategy: {
              mode: 'load',
              durationMs: 90_000,
              clients: 2,
              requestsPerSecond: 0.5,
              connection: 'keep-alive',
              baseline: false,
            },
            slos: [{ kind: 'error', errorStatuses: ['429', '5XX'] }],
          },
        },
      ],
    },
  ]);
});

describe('what does not fit is refused with its place', () => {
  test.each([
    [
      'titel: T\nitems: []',
      'f.yaml:1:1: unknown key "titel" in a scenario; the nearest known one is "title".',
    ],
    ['items: []', 'f.yaml:1:1: a scenario needs a "title".'],
    ['title: T', 'a scenario needs "items".'],
    ['title: T\nitems:\n- call: {url: ftp://x}', 'f.yaml:3:15: expected a URL'],
    ['title: T\nitems:\n- call: {method: FETCH, url: http://x}', 'f.yaml:3:18: expected one of GET'],
    [
      itemWith('', '    upstream: [x]'),
      'f.yaml:5:5: unknown key "upstream" in a context; the nearest known one is "upstreams".',
    ],
    [
      itemWith('', '    faults:\n    - type: latensy'),
      'f.yaml:6:13: Unknown fault type "latensy"; the nearest known one is "latency".',
    ],
    [
      itemWith('', '    faults:\n    - type: latency\n      maen: 3'),
      'f.yaml:7:7: Unknown key "maen" of latency; the nearest known one is "mean".',
    ],
    [
      itemWith('', '    faults:\n    - {type: jitter, amplitude: 1, frequency: 1, period: soon}'),
      'f.yaml:6:58: ',
    ],
    [
      itemWith('', '    faults:\n    - {type: jitter, amplitude: 1, frequency: 1, only: {paths: /x}}'),
      'f.yaml:6:57: Unknown key "paths" of only; the nearest known one is "path".',
    ],
    [
      itemWith(
        '',
        '    faults:\n    - {type: refuse, only: {path: /x}}\n    proxy: {proxies: ["35432=psql://db"]}',
      ),
      'f.yaml:6:22: "only" needs HTTP, and psql://db:5432 is raw TCP',
    ],
    [itemWith('', '    strategy: {mode: load, clients: 1, rps: 1}'), 'mode load needs "duration"'],
    [
      itemWith('', '    strategy: {mode: repeat, count: 1, rps: 1}'),
      'unknown key "rps" in a strategy of mode repeat',
    ],
    [
      itemWith('', '    strategy: {mode: load, duration: soon, clients: 1, rps: 1}'),
      'f.yaml:5:38: Expected a time',
    ],
    [
      itemWith('', '    strategy: {mode: load, duration: 1s, clients: 1.5, rps: 1}'),
      'expected a whole number',
    ],
    [
      itemWith('', '    slo: [{slo_type: error, objective: 99, threshold: 1, error_statuses: [6XX]}]'),
      'f.yaml:5:75: expected a status such as 429, or a class such as 5XX, got "6XX"',
    ],
    [
      itemWith('', '    slo: [{slo_type: latency, objective: 99, threshold: 1, error_statuses: [500]}]'),
      'error_statuses belongs to an SLO of slo_type error',
    ],
    [itemWith('', '    proxy: {proxies: ["x"]}'), 'f.yaml:5:23: Mapping "x"'],
    [itemWith('  expect: {status: 99}'), 'expected a number from 100 to 599'],
    [
      'title: T\nconfig: {setup: [{url: http://x, capture: {a: id}}]}\nitems: []',
      'f.yaml:2:47: expected a JSON Pointer such as /id, or header.Location, got "id".',
    ],
    ['title: T\nconfig: {seed: -1}\nitems: []', 'f.yaml:2:16: expected a number from 0'],
    ['title: T\nitems: [', 'this is not valid YAML'],
    ['', 'the file holds no scenario'],
    ['---\ntitle: A\nitems: []\n---\ntitle: B\nitem: []', 'f.yaml:6:1: unknown key "item"'],
  ])('%j', (text, message) => {
    const error = refusal(text);
    expect(error.code).toBe('SCENARIO_INVALID');
    expect(error.message).toContain(message);
  });
});
