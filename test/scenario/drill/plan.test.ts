import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/config-document.ts';
import { FAILURE_TYPES } from '../../../src/drill-checks.ts';
import { toDrillSettings } from '../../../src/drill-entry.ts';
import { parseMapping } from '../../../src/proxy/mapping.ts';
import { DRILLS } from '../../../src/scenario/drill/drills/index.ts';
import { planDrills } from '../../../src/scenario/drill/plan.ts';

const dependencies = {
  db: parseMapping('psql://127.0.0.1:5432'),
  cache: parseMapping('redis://127.0.0.1:6379'),
};
const all = { drills: [], phaseMs: null, users: null };

function settings(yaml: string) {
  return toDrillSettings(parseConfig(yaml).drills);
}

test('without a list each kind that fits the dependencies is planned', () => {
  const plans = planDrills(settings(''), dependencies, all);
  expect(plans.map(({ kind, dependency }) => [kind, dependency])).toEqual(
    expect.arrayContaining([
      ['database_down', 'db'],
      ['cache_down', 'cache'],
      ['network_latency', null],
      ['slow_query', 'db'],
    ]),
  );
  expect(planDrills(settings(''), { db: dependencies.db }, all).map(({ kind }) => kind)).not.toContain(
    'cache_down',
  );
});

test('entries take what they say, and the rest from above', () => {
  const read = settings(`
drills:
  users: 8
  phases: [2s, 3s, 30s]
  run:
    - { kind: database_down, users: 50, phases: [1s, 2s, 20s] }
    - { kind: slow_query, dependency: db, delay: 4s }
    - { kind: slow_query }
`);
  const plans = planDrills(read, dependencies, all);
  expect(plans.map(({ id, users, baselineMs, params }) => [id, users, baselineMs, params])).toEqual([
    ['database_down', 50, 1_000, {}],
    ['slow_query', 8, 2_000, { delay: '4s' }],
    ['slow_query#2', 8, 2_000, {}],
  ]);
  expect(planDrills(read, dependencies, { ...all, drills: ['slow_query'] })).toHaveLength(2);
  expect(planDrills(read, dependencies, { ...all, drills: ['slow_query#2'] })).toHaveLength(1);
  expect(planDrills(read, dependencies, { drills: [], phaseMs: 500, users: 30 })[0]).toMatchObject({
    users: 30,
    baselineMs: 500,
    failureMs: 500,
    recoveryLimitMs: 2_000,
  });
});

test.each([
  ['{ kind: database_dwon }', 'there is no drill "database_dwon"', 'Did you mean database_down?'],
  ['{ kind: database_down, dependency: dbx }', 'there is no dependency "dbx"', 'db, cache'],
  [
    '{ kind: slow_query, dependency: cache }',
    'drills.run[0].dependency: slow_query takes a dependency of psql or psqls, and "cache" is redis',
    'cache_down, network_latency',
  ],
  ['{ kind: cache_down, dependency: db }', 'takes a dependency of redis, and "db" is psql', 'database_down'],
  ['{ kind: slow_query, delay: soon }', 'drills.run[0].delay', 'delay, sessions'],
  ['{ kind: cache_down, colour: red }', 'drills.run[0].colour', 'stop, start'],
  ['{ kind: cache_down, stop: [docker, stop, cache] }', 'drills.run[0]: stop and start go', 'stop, start'],
  ['{ kind: cache_down, users: 1 }', 'too few to see a recovery', 'at least 4'],
])('%s is refused with its place', (entry, message, hint) => {
  const read = settings(`drills: { run: [${entry}] }`);
  expect(() => planDrills(read, dependencies, all)).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    }),
  );
});

test('a dependency whose protocol says nothing of what is behind it fits any kind', () => {
  const read = settings(
    'drills: { run: [{ kind: slow_query, dependency: mysql }, { kind: network_latency, dependency: cache }] }',
  );
  const plans = planDrills(read, { ...dependencies, mysql: parseMapping('tcp://127.0.0.1:3306') }, all);
  expect(plans.map(({ dependency }) => dependency)).toEqual(['mysql', 'cache']);
});

test('the types of failure that targets are set for are those of the kinds', () => {
  expect([...FAILURE_TYPES].sort()).toEqual(
    [...new Set(DRILLS.map(({ failureType }) => failureType))].sort(),
  );
});

test('a drill that is not configured is refused with those that are', () => {
  expect(() => planDrills(settings(''), dependencies, { ...all, drills: ['dns_down'] })).toThrow(
    expect.objectContaining({ code: 'NOT_FOUND', hint: expect.stringContaining('database_down') }),
  );
});

test.each([
  ['drills: { recovery: { window: 300ms } }', 'a window is at most 250ms long'],
  ['drills: { write: { method: POST, url: /x } }', 'write and read go together'],
  ['drills: { helth: /health }', '1:11: drills.helth: no key; did you mean health?'],
  ['drills: { colour: red }', 'no key; known are health, load, users'],
  ['drills: { load: [{ ulr: /x, url: /y }] }', 'drills.load.0.ulr: no key; did you mean url?'],
  ['drills:\n  rto:\n    databse: 5m', '3:5: drills.rto.databse: no type of failure; did you mean database?'],
  ['drills: { rto: { disk: 5m } }', 'The types are database, cache, application_crash'],
  [
    'drills: { write: { method: POST, url: /x, capture: { key: /id } }, read: { url: "/x/{id}" } }',
    'drills.read.url: the write captures no "id" (it captures key)',
  ],
  [
    'drills: { data: { drafts: { write: { url: /x }, read: { url: "/x/{id}" } } } }',
    'drills.data.drafts.read.url: the write captures no "id" (it captures nothing); add it to the write, for example capture: { id: /id }',
  ],
  ['drills: { write: { url: "/x/{id}" }, read: { url: /x } }', 'drills.write.url: nothing fills "{id}"'],
])('%s is refused', (yaml, message) => {
  expect(() => settings(yaml)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) }),
  );
});
