import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { formatPeriods, openWindowEndMs, parsePeriods, resolveWindows } from '../../src/proxy/periods.ts';

const messageOf = (text: string) => {
  try {
    parsePeriods(text);
  } catch (error) {
    return error instanceof AppError ? `${error.code} ${error.message}` : String(error);
  }
  return 'read';
};

test('a period is read in percent and in units of time, a bare number is seconds', () => {
  expect(parsePeriods('start:10%,duration:15%')).toEqual([
    { start: { percent: 10 }, duration: { percent: 15 } },
  ]);
  expect(parsePeriods('start: 5 , duration: 1.5m')).toEqual([
    { start: { ms: 5_000 }, duration: { ms: 90_000 } },
  ]);
});

test('all periods count, not only the first', () => {
  expect(parsePeriods('start:10%,duration:15%; start:40%,duration:500ms;start:90%')).toHaveLength(3);
});

test('an open start followed by a lone duration is one period, not two', () => {
  expect(parsePeriods('start:30%;duration:40%')).toEqual([
    { start: { percent: 30 }, duration: { percent: 40 } },
  ]);
});

test('a duration alone starts at 0, a start alone lasts to the end', () => {
  expect(parsePeriods('duration:2s')).toEqual([{ start: { ms: 0 }, duration: { ms: 2_000 } }]);
  expect(parsePeriods('start:2s')).toEqual([{ start: { ms: 2_000 }, duration: null }]);
});

test.each([
  ['start:10%,duration:x', 'position 20'],
  ['start:10%,length:5s', 'position 11'],
  ['start:120%', 'position 7'],
  ['start:', 'position 7'],
  ['', 'position 1'],
  ['start:1s,start:2s', 'position 10'],
  ['start:-5s', 'position 7'],
])('%j is an error that names the position', (text, position) => {
  expect(messageOf(text)).toContain('BAD_INPUT');
  expect(messageOf(text)).toContain(position);
});

test('what is written is read back the same', () => {
  const bound = fc.oneof(
    fc.integer({ min: 0, max: 100 }).map((percent) => ({ percent })),
    fc.integer({ min: 0, max: 10_000_000 }).map((ms) => ({ ms })),
  );
  // An open start before a lone duration is the one text with two readings; formatPeriods always writes a start.
  const period = fc.record({ start: bound, duration: fc.option(bound) });
  fc.assert(
    fc.property(fc.array(period, { minLength: 1, maxLength: 4 }), (periods) => {
      expect(parsePeriods(formatPeriods(periods))).toEqual(periods);
    }),
  );
});

test('windows are a pure function of the duration', () => {
  const windows = resolveWindows(parsePeriods('start:10%,duration:15%;start:9s'), 10_000);
  expect(windows).toEqual([
    { startMs: 1_000, endMs: 2_500 },
    { startMs: 9_000, endMs: Number.POSITIVE_INFINITY },
  ]);
  expect(openWindowEndMs(windows, 999)).toBeNull();
  expect(openWindowEndMs(windows, 1_000)).toBe(2_500);
  expect(openWindowEndMs(windows, 2_500)).toBeNull();
  expect(openWindowEndMs(windows, 9_000)).toBe(Number.POSITIVE_INFINITY);
});

test('without a duration a percentage is active all the time, a time is not', () => {
  expect(resolveWindows(parsePeriods('start:10%,duration:5%'), null)).toEqual([
    { startMs: 0, endMs: Number.POSITIVE_INFINITY },
  ]);
  expect(resolveWindows(parsePeriods('start:1s,duration:2s'), null)).toEqual([
    { startMs: 1_000, endMs: 3_000 },
  ]);
});
