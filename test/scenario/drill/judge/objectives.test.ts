import { expect, test } from 'vitest';
import { judgeRpo, judgeRto } from '../../../../src/scenario/drill/judge/objectives.ts';
import type { DurabilityRecord } from '../../../../src/types-drill.ts';
import { answer, type Behaviour, buildDrill, CONFIG } from '../support/build-drill.ts';

const down = (backAfterMs: number, over: Partial<Behaviour> = {}) =>
  buildDrill({ kind: 'database_down', broken: () => answer(503, 'x', 1), backAfterMs, ...over });
const rtoOf = (type: string, results: readonly ReturnType<typeof buildDrill>[], rtoMs = CONFIG.rtoMs) =>
  judgeRto(results, { ...CONFIG, rtoMs }).find((row) => row.type === type);

test('the four failures of the reference are always listed, others when they were run or have a target', () => {
  const types = (rtoMs: Record<string, number>) => judgeRto([], { ...CONFIG, rtoMs }).map(({ type }) => type);
  expect(types({})).toEqual(['database', 'cache', 'application_crash', 'network']);
  expect(types({ cpu: 1_000 })).toEqual(['database', 'cache', 'application_crash', 'network', 'cpu']);
});

test('of several drills of one type the slowest recovery counts', () => {
  const row = rtoOf('database', [down(988), down(2_988, { id: 'database_down#2' })], { database: 2_000 });
  expect(row).toMatchObject({ target: '< 2s', actual: '3.01 s', met: false, missedIn: ['database_down#2'] });
  expect(rtoOf('database', [down(988)], { database: 2_000 })).toMatchObject({ actual: '1.01 s', met: true });
});

test('what did not recover while we looked has missed any target, even one that is longer', () => {
  expect(rtoOf('database', [down(60_000)])).toMatchObject({ actual: 'not within 10s', met: false });
});

test('without a drill or without a target nothing is met or missed', () => {
  expect(rtoOf('cache', [down(0)])).toMatchObject({ actual: 'not run', met: null });
  expect(rtoOf('database', [down(0)], {})).toMatchObject({
    target: 'none set (`drills: { rto: { database: 5m } }`)',
    met: null,
  });
});

const record = (over: Partial<DurabilityRecord>): DurabilityRecord => ({
  type: 'user_data',
  acknowledged: 50,
  refused: 0,
  lost: 0,
  unknown: 0,
  rpoMs: 0,
  reason: 'All were read back.',
  ...over,
});
const rpoOf = (
  records: readonly Partial<DurabilityRecord>[],
  rpoMs: Record<string, number> = { user_data: 1_000 },
) =>
  judgeRpo(
    records.map((each, index) => down(0, { id: `d${index}`, over: { durability: [record(each)] } })),
    { ...CONFIG, rpoMs },
  )[0];

test('the oldest lost write counts, over all drills', () => {
  expect(rpoOf([{}, { lost: 2, rpoMs: 4_200 }])).toMatchObject({
    actual: '4.20 s (2 of 100 acknowledged writes lost, the oldest in d1)',
    met: false,
    missedIn: ['d1'],
  });
  expect(rpoOf([{ lost: 1, rpoMs: 900 }])).toMatchObject({ met: true });
  expect(rpoOf([{}])).toMatchObject({ actual: '0 s (none of 50 acknowledged writes lost)', met: true });
});

test('what could not be told is not met', () => {
  expect(rpoOf([{ rpoMs: null, reason: 'The read was answered 500.' }])).toMatchObject({
    actual: 'not known: The read was answered 500.',
    met: null,
  });
});

test('a type that nobody writes and reads back says which lines would', () => {
  const [row] = judgeRpo([down(0)], { ...CONFIG, rpoMs: { sessions: 60_000 } });
  expect(row).toMatchObject({ label: 'Sessions', target: '< 1m', met: null });
  expect(row?.actual).toContain('`drills: { data: { sessions: { write: …, read: … } } }`');
});

test('a drill that gave up looking, as the service had ended, does not claim to have looked for the whole limit', () => {
  const gone = down(60_000, { over: { endMs: 10_100 } });
  expect(rtoOf('database', [gone])).toMatchObject({ actual: 'not recovered', met: false });
});
