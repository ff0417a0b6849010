import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scoreDrill } from '../../../../src/scenario/drill/judge/rubric.ts';
import { seeDrill } from '../../../../src/scenario/drill/judge/seen.ts';
import { answer, type Behaviour, buildDrill, CONFIG } from '../support/build-drill.ts';

const score = (behaviour: Behaviour, rtoMs = CONFIG.rtoMs) =>
  scoreDrill(seeDrill(buildDrill(behaviour), { ...CONFIG, rtoMs }));

interface Ills {
  /** Requests of ten that fail, and how. */
  readonly failing: number;
  readonly status: 503 | 500;
  readonly tookMs: number;
  readonly slowMs: number;
  readonly backAfterMs: number;
}

const scoreOf = ({ failing, status, tookMs, slowMs, backAfterMs }: Ills) =>
  score({
    kind: 'database_down',
    broken: (_since, index) => (index % 10 < failing ? answer(status, 'x', tookMs) : { latencyMs: slowMs }),
    backAfterMs,
    healthWhenBroken: 503,
  });

const ills = fc.record({
  failing: fc.integer({ min: 0, max: 10 }),
  status: fc.constantFrom(503 as const, 500 as const),
  tookMs: fc.integer({ min: 1, max: 12_000 }),
  slowMs: fc.integer({ min: 1, max: 1_500 }),
  backAfterMs: fc.integer({ min: 0, max: 12_000 }),
});

test('every column falls or stays when one of its measurements grows worse', () => {
  const worse: readonly ((before: Ills, by: number) => [Ills, keyof ReturnType<typeof scoreOf>])[] = [
    (before, by) => [{ ...before, failing: Math.min(10, before.failing + by) }, 'gracefulDegradation'],
    (before, by) => [{ ...before, slowMs: before.slowMs * by }, 'gracefulDegradation'],
    (before, by) => [{ ...before, backAfterMs: before.backAfterMs + by * 500 }, 'recoveryTime'],
    (before, by) => [{ ...before, tookMs: before.tookMs * by }, 'errorHandling'],
    (before) => [{ ...before, status: 500 }, 'errorHandling'],
  ];
  fc.assert(
    fc.property(ills, fc.integer({ min: 1, max: 4 }), fc.nat(worse.length - 1), (before, by, which) => {
      const [after, column] = worse[which]?.(before, by) ?? [before, 'total'];
      const points = (each: Ills) => {
        const value = scoreOf(each)[column];
        return typeof value === 'number' ? value : value.points;
      };
      expect(points(after)).toBeLessThanOrEqual(points(before));
    }),
    { numRuns: 150, seed: 7 },
  );
});

test('points stay between 0 and 10, and the total is the mean of the columns', () => {
  fc.assert(
    fc.property(ills, (each) => {
      const { total, gracefulDegradation, recoveryTime, errorHandling } = scoreOf(each);
      const columns = [gracefulDegradation, recoveryTime, errorHandling].map(({ points }) => points);
      for (const points of columns) expect(points >= 0 && points <= 10).toBe(true);
      expect(total).toBeCloseTo(columns.reduce((sum, points) => sum + points, 0) / 3, 0);
    }),
    { numRuns: 50, seed: 7 },
  );
});

test('a drill that hurts nothing has all points', () => {
  expect(score({ kind: 'database_down' }).total).toBe(10);
});

test('a tenfold time of recovery costs 2.5 points, a missed target leaves 4 at most, none leaves nothing', () => {
  const down: Behaviour = { kind: 'database_down', broken: () => answer(503, 'x', 1) };
  expect(score({ ...down, backAfterMs: 4_988 }).recoveryTime.points).toBe(7.5);
  expect(score({ ...down, backAfterMs: 4_988 }, { database: 1_000 }).recoveryTime).toMatchObject({
    points: 4,
  });
  expect(score({ ...down, backAfterMs: 60_000 }).recoveryTime.points).toBe(0);
});

test('how requests fail counts in proportion while few of them fail', () => {
  const failing = (share: number) =>
    score({
      kind: 'database_down',
      broken: (_since, index) => (index % 20 < share ? answer(500, 'x', 5) : {}),
      healthWhenBroken: 503,
    });
  expect(failing(1).errorHandling.points).toBe(9);
  expect(failing(4).errorHandling.points).toBe(8);
});

test('a lying health endpoint takes one point, each end of the process three', () => {
  const end = { atMs: 6_000, code: 1, signal: null, outOfMemory: false };
  const down: Behaviour = { kind: 'database_down', broken: () => answer(503, 'x', 1), healthWhenBroken: 503 };
  expect(score(down).errorHandling.points).toBe(10);
  expect(score({ ...down, healthWhenBroken: 200 }).errorHandling.points).toBe(9);
  expect(score({ ...down, over: { unexpectedEnds: [end, end] } }).errorHandling.points).toBe(4);
});

test('a crash is judged by the time that its plan gives to a failure', () => {
  const gone = () => ({ outcome: 'refused', status: null, latencyMs: 1 }) as const;
  const crash = (backAfterMs: number) =>
    score({ kind: 'application_crash', broken: gone, backAfterMs, healthWhenBroken: null });
  expect(crash(500).gracefulDegradation.points).toBe(9);
  expect(crash(2_500).gracefulDegradation.points).toBe(5);
});
