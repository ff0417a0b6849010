import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { renderDrillJson, toDrillFacts } from '../../../../src/scenario/drill/report/json.ts';
import { renderDrillJunit } from '../../../../src/scenario/drill/report/junit.ts';
import { renderDrillSummary } from '../../../../src/scenario/drill/report/summary.ts';
import { fromFacts } from '../../../../src/scenario/report/facts.ts';
import { parseXml } from '../../report/parse-xml.ts';
import { answer, buildDrill, buildRun, HANGS } from '../support/build-drill.ts';
import { hardenedRun, weakRun } from '../support/services.ts';

const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync('docs/drill.schema.json', 'utf8')),
);
const idle = buildDrill({
  kind: 'cache_down',
  over: { acted: { value: false, evidence: 'nothing <came>' }, recovery: null, failureEndMs: null },
});

test.each([
  ['weak', weakRun()],
  ['hardened', hardenedRun()],
  ['inconclusive', buildRun([idle])],
  ['empty', buildRun([])],
])('the JSON of %s drills is as docs/drill.schema.json says, and holds nothing else', (_name, run) => {
  validate(JSON.parse(renderDrillJson(run)));
  expect(validate.errors ?? []).toEqual([]);
});

test('a key of the JSON that the schema does not know is seen', () => {
  const facts = JSON.parse(renderDrillJson(weakRun()));
  facts.results[0].more = 1;
  expect(validate(facts)).toBe(false);
});

test('the facts give the same drills when they are read back', () => {
  const run = weakRun();
  const { judgement: _judgement, ...same } = fromFacts(JSON.parse(JSON.stringify(toDrillFacts(run)))) as {
    judgement: unknown;
  };
  expect(same).toEqual(run);
});

const casesOf = (run: Parameters<typeof renderDrillJunit>[0]) => {
  const root = parseXml(renderDrillJunit(run));
  return { root, cases: root.children[0]?.children ?? [] };
};

test('a case of JUnit fails by a P0 issue, a missed RTO or a missed RPO, and says which', () => {
  const { cases, root } = casesOf(weakRun());
  const failed = cases.filter(({ children }) => children[0]?.name === 'failure');
  expect(failed.map(({ attributes }) => attributes.classname)).toEqual([
    'cache_down',
    'slow_query',
    'memory_pressure',
  ]);
  expect(root.attributes).toMatchObject({ tests: '7', failures: '3' });
  expect(failed[0]?.children[0]?.attributes.message).toMatch(
    /^RPO of Session Data missed: 70\.5 s .*target < 1m\.$/,
  );
  const late = buildDrill({ kind: 'database_down', broken: () => answer(503, 'x', 1), backAfterMs: 3_000 });
  const [slow] = casesOf(buildRun([late], { rtoMs: { database: 1_000 } })).cases;
  expect(slow?.children[0]?.attributes.message).toBe('RTO of Database Failure missed: 3.01 s, target < 1s.');
});

test('an inconclusive drill is a skipped case with its reason, and a good one is just a case', () => {
  const { cases, root } = casesOf(buildRun([idle, buildDrill({ kind: 'database_down' })]));
  expect(cases.map(({ children }) => children.map(({ name }) => name))).toEqual([[], ['skipped']]);
  expect(cases[1]?.children[0]?.attributes.message).toBe('the failure did not act: nothing <came>');
  expect(root.children[0]?.attributes).toMatchObject({ tests: '2', failures: '0', skipped: '1' });
});

test('the summary has a line for each drill, the worst issues first and what was missed', () => {
  const text = renderDrillSummary(weakRun());
  expect(text).toMatch(
    /^drl_0123456789abcdef finished: 7 drills, resilience score \d\.\d\/10, things to mend: 5 P0/,
  );
  expect(text).toMatch(
    /\| cache_down +\| 0\.0 % \/ 75\.0 % \/ 0\.0 % +\| 12\.0 ms \/ 1,400 ms \/ 12\.0 ms +\| 0\.31 s/,
  );
  const severities = [...text.matchAll(/^- (P\d)/gm)].map((match) => match[1]);
  expect(severities).toEqual(severities.toSorted());
  expect(text).toContain('RPO of Session Data missed: 70.5 s');
});

test('the summary stays below 2,000 tokens, however many drills there are', () => {
  const many = Array.from({ length: 60 }, (_drill, index) =>
    buildDrill({ kind: 'slow_query', id: `slow_query#${index}`, broken: () => HANGS }),
  );
  // About 3.3 characters make a token in text of figures.
  expect(renderDrillSummary(buildRun(many)).length).toBeLessThan(6_600);
  expect(renderDrillSummary(buildRun(many))).toContain('P0 requests_hang');
});

test('the summary says what is inconclusive and how far an interrupted run came', () => {
  const text = renderDrillSummary({ ...buildRun([idle]), state: 'interrupted', endedAt: null });
  expect(text).toContain('The run was interrupted, its process ended; 1 of 1 drills are here.');
  expect(text).toContain('Inconclusive: cache_down, the failure did not act: nothing <came>');
});
