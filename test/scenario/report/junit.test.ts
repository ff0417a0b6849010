import { expect, test } from 'vitest';
import { renderRunJunit } from '../../../src/scenario/report/junit.ts';
import { judgeItem } from '../../../src/scenario/verdict/judge.ts';
import type { ItemResult, RunResult } from '../../../src/types-run.ts';
import { evidence, makeItem, sample } from '../fixtures.ts';
import { parseXml, type XmlElement } from './parse-xml.ts';

const item = makeItem({ expect: { statuses: [200] } });
const judge = (over: Partial<ItemResult>, status = 200): ItemResult => ({
  ...judgeItem(evidence(item, [sample({ status })])),
  ...over,
});
const pass = judge({ itemId: 'item-1', durationMs: 1_234.5678, scenarioTitle: 'Slow <"&\u0007> ünï 🐌' });
const fail = judge({ itemId: 'item-2', durationMs: 61_000 }, 500);
const open: ItemResult = {
  ...judge({ itemId: 'item-3', durationMs: null }),
  verdict: { value: 'inconclusive', reasons: [{ message: 'not ]]> run', cause: null, remedy: null }] },
};

function render(endedAt: string | null, results: readonly ItemResult[] = [pass, fail, open]): XmlElement {
  const result: RunResult = {
    run: {
      id: 'run_0123456789abcdef',
      state: endedAt === null ? 'interrupted' : 'finished',
      startedAt: '2026-11-21T04:00:00.000Z',
      endedAt,
      seed: 7,
      scenarios: [],
      items: [],
      notices: [],
    },
    results,
  };
  return parseXml(renderRunJunit(result));
}

/** What junit-10.xsd of Jenkins' xunit plugin allows, as far as we write it: attributes, needed ones, children. */
const SCHEMA: Readonly<Record<string, { may: string[]; must: string[]; children: string[] }>> = {
  testsuites: { may: ['name', 'time', 'tests', 'failures', 'errors'], must: [], children: ['testsuite'] },
  testsuite: {
    may: ['name', 'tests', 'failures', 'errors', 'time', 'timestamp', 'hostname', 'skipped', 'id', 'package'],
    must: ['name', 'tests', 'failures', 'errors'],
    children: ['properties', 'testcase', 'system-out', 'system-err'],
  },
  testcase: {
    may: ['name', 'classname', 'time', 'group'],
    must: ['name'],
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
  },
  failure: { may: ['message', 'type'], must: [], children: [] },
  error: { may: ['message', 'type'], must: [], children: [] },
};
const SECONDS = /^(\d{0,3},)*\d{3}(\.\d{0,3})?$|^\d*(\.\d{0,3})?$/;

function listBreaches({ name, attributes, children }: XmlElement): string[] {
  const rule = SCHEMA[name];
  if (rule === undefined) return [`unknown element ${name}`];
  return [
    ...Object.keys(attributes)
      .filter((key) => !rule.may.includes(key))
      .map((key) => `${name} has ${key}`),
    ...rule.must.filter((key) => !(key in attributes)).map((key) => `${name} has no ${key}`),
    ...Object.entries(attributes)
      .filter(([key, value]) => key === 'time' && !SECONDS.test(value))
      .map(([, value]) => `${name} has the time ${value}`),
    ...Object.entries(attributes)
      .filter(([key, value]) => ['tests', 'failures', 'errors'].includes(key) && !/^\d+$/.test(value))
      .map(([key, value]) => `${name} has ${value} ${key}`),
    ...children
      .filter((child) => !rule.children.includes(child.name))
      .map((child) => `${name} holds ${child.name}`),
    ...children.flatMap(listBreaches),
  ];
}

test('JUnit XML is well formed and in the common schema, whatever stands in titles and reasons', () => {
  const root = render('2026-11-21T04:01:01.400Z');
  expect(root.name).toBe('testsuites');
  expect(listBreaches(root)).toEqual([]);
  expect(listBreaches(render(null, []))).toEqual([]);
  expect(root.children.map(({ attributes }) => attributes.name)).toEqual(['Slow <"&> ünï 🐌', 'Slow']);
});

test('the check of the schema finds what is wrong', () => {
  const root = parseXml(
    '<testsuites><testsuite tests="x" seed="1"><testcase time="1.2345"/></testsuite></testsuites>',
  );
  expect(listBreaches(root)).toEqual([
    'testsuite has seed',
    'testsuite has no name',
    'testsuite has no failures',
    'testsuite has no errors',
    'testsuite has x tests',
    'testcase has no name',
    'testcase has the time 1.2345',
  ]);
  expect(() => parseXml('<a><b></a>')).toThrow('</a> closes <b>');
});

test('times are the measured seconds: of each case, summed by suite, and of the whole run', () => {
  const root = render('2026-11-21T04:01:01.400Z');
  const suites = root.children.map(({ attributes }) => [attributes.time, attributes.timestamp]);
  expect(suites).toEqual([
    ['1.235', '2026-11-21T04:00:00'],
    ['61.000', '2026-11-21T04:00:00'],
  ]);
  const cases = root.children.flatMap(({ children }) => children.map(({ attributes }) => attributes.time));
  expect(cases).toEqual(['1.235', '61.000', '0.000']);
  expect(root.attributes.time).toBe('61.400');
  expect(render(null).attributes.time).toBe('62.235');
});

test('a failure and what could not be judged are told apart and counted', () => {
  const root = render(null);
  expect(root.attributes).toMatchObject({ tests: '3', failures: '1', errors: '1' });
  const kinds = root.children.flatMap(({ children }) =>
    children.map((each) => each.children.map(({ name, attributes }) => [name, attributes.type])),
  );
  expect(kinds).toEqual([[], [['failure', 'target']], [['error', 'inconclusive']]]);
});
