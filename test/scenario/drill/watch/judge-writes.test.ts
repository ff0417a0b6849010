import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  chooseReads,
  type Fate,
  type JudgedWrite,
  recordWrites,
} from '../../../../src/scenario/drill/watch/judge-writes.ts';

const at = (...times: readonly number[]) => times.map((atMs) => ({ atMs }));
const COUNTS = { type: 'user_data', acknowledged: 4, refused: 1, everyMs: 200, failureAtMs: 10_000 };

function judged(...writes: readonly (readonly [atMs: number, fate: Fate])[]): JudgedWrite[] {
  return writes.map(([atMs, fate]) => ({ atMs, fate }));
}

test('all writes are read back while they fit, in their order', () => {
  expect(chooseReads(at(3, 1, 2), 2, 3)).toEqual(at(1, 2, 3));
  expect(chooseReads(at(3, 1, 2), null, 3)).toEqual(at(1, 2, 3));
});

test('of too many, those since the failure and the newest before it are kept, older ones spread', () => {
  const writes = at(...Array.from({ length: 1_000 }, (_, index) => index));
  const chosen = chooseReads(writes, 950, 100).map(({ atMs }) => atMs);
  expect(chosen).toHaveLength(100);
  expect(chosen.slice(50)).toEqual(Array.from({ length: 50 }, (_, index) => 950 + index));
  expect(chosen.slice(25, 50)).toEqual(Array.from({ length: 25 }, (_, index) => 925 + index));
  expect(chosen[0]).toBe(0);
  expect(chosen[24]).toBe(924);
});

test('never more than the limit, never one twice, and always the last before the failure', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 5_000 }), { maxLength: 300 }),
      fc.integer({ min: 0, max: 5_000 }),
      fc.integer({ min: 2, max: 200 }),
      (times, failureAtMs, limit) => {
        const chosen = chooseReads(at(...times), failureAtMs, limit).map(({ atMs }) => atMs);
        expect(chosen).toHaveLength(Math.min(limit, times.length));
        expect(new Set(chosen).size).toBe(chosen.length);
        expect(chosen).toEqual(chosen.toSorted((a, b) => a - b));
        const before = times.filter((time) => time < failureAtMs);
        if (before.length > 0) expect(chosen).toContain(Math.max(...before));
      },
    ),
  );
});

test('the RPO is how long before the failure the oldest lost write was acknowledged', () => {
  const record = recordWrites(
    judged([4_000, 'there'], [7_500, 'lost'], [9_000, 'lost'], [11_000, 'there']),
    COUNTS,
  );
  expect(record).toMatchObject({
    type: 'user_data',
    acknowledged: 4,
    refused: 1,
    lost: 2,
    unknown: 0,
    rpoMs: 2_500,
  });
  expect(record.reason).toContain('2 were gone');
});

test('writes lost while the failure lasted reach beyond it: the gap counts to the newest of them', () => {
  const { rpoMs } = recordWrites(judged([9_000, 'lost'], [12_000, 'lost'], [13_000, 'there']), COUNTS);
  expect(rpoMs).toBe(3_000);
  const during = recordWrites(judged([9_000, 'there'], [12_000, 'lost'], [12_500, 'lost']), COUNTS);
  expect(during.rpoMs).toBe(500);
});

test('a single lost write is a gap of at least the time between two writes', () => {
  expect(recordWrites(judged([12_000, 'lost'], [13_000, 'there']), COUNTS).rpoMs).toBe(200);
  expect(recordWrites(judged([9_950, 'lost']), COUNTS).rpoMs).toBe(200);
});

test('none lost is an RPO of 0, and what could not be told is said', () => {
  const record = recordWrites(judged([9_000, 'there'], [12_000, 'unknown']), COUNTS);
  expect(record).toMatchObject({ lost: 0, unknown: 1, rpoMs: 0 });
  expect(record.reason).toBe(
    '2 of 4 acknowledged writes were asked for afterwards, and none was gone; of 1 nothing could be told.',
  );
});

test('where nothing could be told, or nothing was acknowledged, there is no RPO', () => {
  expect(recordWrites(judged([9_000, 'unknown']), COUNTS).rpoMs).toBeNull();
  const none = recordWrites([], { ...COUNTS, acknowledged: 0 });
  expect(none.rpoMs).toBeNull();
  expect(none.reason).toContain('No write was acknowledged');
});
