import { expect, test } from 'vitest';
import { RULES } from '../../../../src/review/rules/index.ts';
import { ISSUE_RULES } from '../../../../src/scenario/drill/judge/issues/list-issues.ts';
import { judgeDrillRun } from '../../../../src/scenario/drill/judge/judge.ts';
import type { DrillConfig } from '../../../../src/types-drill.ts';
import { answer, type Behaviour, buildDrill, buildRun, HANGS } from '../support/build-drill.ts';
import { hardenedRun, weakRun } from '../support/services.ts';

const DB = { name: 'db', upstream: 'psql://127.0.0.1:5432', broken: true } as const;

/** Rules whose harm no drill shows: drills compare no rows, end a service by SIGKILL, have no orchestrator and read no metrics. */
const NOT_SHOWN = [
  'go-rows-error-unchecked',
  'go-server-without-graceful-stop',
  'js-server-without-graceful-stop',
  'liveness-asks-dependencies',
  'service-without-metrics',
];

function judgeOne(behaviour: Behaviour, config: Partial<DrillConfig> = {}) {
  const judgement = judgeDrillRun(buildRun([buildDrill(behaviour)], config));
  const [drill] = judgement.drills;
  if (drill === undefined) throw new Error('no drill was judged');
  return { ...judgement, drill, issues: drill.issues.map(({ id }) => id) };
}

test('a hardened service scores clearly higher than a weak one, and each score says by what', () => {
  const [weak, hardened] = [judgeDrillRun(weakRun()), judgeDrillRun(hardenedRun())];
  expect((hardened.overall ?? 0) - (weak.overall ?? 10)).toBeGreaterThan(2.5);
  for (const [index, drill] of hardened.drills.entries())
    expect(drill.score?.total).toBeGreaterThan(weak.drills[index]?.score?.total ?? 10);
  const [database] = weak.drills;
  expect(database?.score?.errorHandling.because).toContain(
    'of 100 failed requests 0 got 503 or 504, 100 another status and 0 no answer',
  );
});

test('the overall score is the mean of the drills that have one', () => {
  const idle = buildDrill({
    kind: 'cache_down',
    over: { acted: { value: false, evidence: 'it never acted' } },
  });
  const down = buildDrill({ kind: 'database_down', broken: () => HANGS });
  const { overall, drills } = judgeDrillRun(buildRun([down, idle]));
  expect(drills[1]?.score).toBeNull();
  expect(overall).toBe(drills[0]?.score?.total);
});

test.each([
  [
    'did not act',
    { acted: { value: false, evidence: 'nothing came to the proxy' } },
    'nothing came to the proxy',
  ],
  ['was cancelled', { state: 'cancelled' }, 'it was cancelled'],
  ['failed', { state: 'failed', problem: 'no answer came at all' }, 'no answer came at all'],
] as const)('a drill that %s yields no issue, no score and no mark', (_name, over, why) => {
  const { drill, overall, rto } = judgeOne({ kind: 'database_down', broken: () => HANGS, over });
  expect(drill.inconclusive).toContain(why);
  expect([drill.issues, drill.score, overall]).toEqual([[], null, null]);
  expect([...drill.metrics, ...drill.behaviour].every(({ mark }) => mark === 'none')).toBe(true);
  if ('acted' in over) expect(rto[0]).toMatchObject({ actual: 'inconclusive', met: null });
});

test('drills stand in the order of the reference, whatever order they were run in', () => {
  const kinds = ['application_crash', 'slow_query', 'database_down', 'cache_down'];
  const { drills } = judgeDrillRun(buildRun(kinds.map((kind) => buildDrill({ kind }))));
  expect(drills.map(({ kind }) => kind)).toEqual([
    'database_down',
    'cache_down',
    'slow_query',
    'application_crash',
  ]);
});

test.each<[string, Behaviour]>([
  [
    'errors_before',
    { kind: 'database_down', calm: (index) => (index % 20 === 0 ? answer(500, 'x', 5) : {}) },
  ],
  ['rto_missed', { kind: 'database_down', broken: () => HANGS, backAfterMs: 3_000 }],
  ['requests_hang', { kind: 'slow_query', broken: () => HANGS }],
  ['not_recovered', { kind: 'database_down', broken: () => HANGS, backAfterMs: 30_000 }],
  ['slow_recovery', { kind: 'cache_down', broken: () => answer(503, 'x', 1), backAfterMs: 6_000 }],
  [
    'connections_kept',
    {
      kind: 'slow_query',
      broken: () => HANGS,
      dependencies: [{ ...DB, open: [2, 30] }],
      backAfterMs: 30_000,
    },
  ],
  ['database_overrun', { kind: 'cache_down', dependencies: [{ ...DB, broken: false, attempts: () => 5 }] }],
  ['slow_under_pressure', { kind: 'cpu_saturation', broken: () => ({ latencyMs: 900 }) }],
])('the issue %s is found where it is, and not in a calm drill', (id, behaviour) => {
  const config = { rtoMs: { database: 2_000 } };
  expect(judgeOne(behaviour, config).issues).toContain(id);
  expect(judgeOne({ kind: behaviour.kind, dependencies: [DB] }, config).issues).toEqual([]);
});

test('the weak service shows the other issues, the hardened one none that is critical', () => {
  const ids = judgeDrillRun(weakRun()).recommendations.map(({ id }) => id);
  const elsewhere = ['errors_before', 'rto_missed', 'slow_recovery', 'connections_kept', 'database_overrun'];
  const expected = ISSUE_RULES.map(({ id }) => id).filter((id) => !elsewhere.includes(id));
  expect(expected.filter((id) => !ids.includes(id))).toEqual([]);
  expect(judgeDrillRun(hardenedRun()).recommendations.filter(({ severity }) => severity !== 'P2')).toEqual(
    [],
  );
});

test('recommendations name the drills and rules of reviews that exist, P0 first', () => {
  const { recommendations } = judgeDrillRun(weakRun());
  const severities = recommendations.map(({ severity }) => severity);
  expect(severities).toEqual(severities.toSorted());
  expect(recommendations.find(({ id }) => id === 'health_says_well')?.drillIds).toEqual([
    'database_down',
    'cache_down',
    'slow_query',
  ]);
  const known = RULES.map(({ id }) => id);
  const named = new Set(ISSUE_RULES.flatMap(({ reviewRules }) => reviewRules));
  expect([...named].filter((id) => !known.includes(id))).toEqual([]);
  expect(known.filter((id) => !named.has(id))).toEqual(NOT_SHOWN);
});

test('rules of languages that the project does not have are left out', () => {
  const run = weakRun();
  const listRules = (languages: readonly string[]) =>
    judgeDrillRun({ ...run, config: { ...run.config, languages } }).recommendations.flatMap(
      ({ reviewRules }) => reviewRules,
    );
  expect(listRules([]).some((rule) => rule.startsWith('python-'))).toBe(true);
  const own = listRules(['js']);
  expect(own.filter((rule) => /^(python|go|java)-/.test(rule))).toEqual([]);
  expect(own.some((rule) => rule.startsWith('js-'))).toBe(true);
  expect(own.some((rule) => rule.startsWith('service-'))).toBe(true);
});

test('strengths, weaknesses and risks come from what was measured', () => {
  const [weak, hardened] = [judgeDrillRun(weakRun()), judgeDrillRun(hardenedRun())];
  expect(hardened.strengths.join('\n')).toContain('failed fast, with 503');
  expect(weak.strengths.join('\n')).not.toContain('failed fast, with 503');
  expect(weak.weaknesses.join('\n')).toContain('P0, Slow Queries: 100 of 100 requests had no answer');
  expect(weak.risks.join('\n')).toContain('Whether it recovers at all from a failure that lasts longer');
  expect(judgeOne({ kind: 'cache_down' }, { health: null }).risks).toContain(
    'Whether the health endpoint tells the truth is not known (`drills: { health: /health }`).',
  );
});
