import { expect, test } from 'vitest';
import { formatDuration, parseDurationMs, quote, showBytes, showMs, showPercent } from '../src/units.ts';

test.each([
  ['250ms', 250],
  ['10s', 10_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
  ['4', 4_000],
  [0.5, 500],
])('%s is %d ms', (text, ms) => {
  expect(parseDurationMs(text)).toBe(ms);
});

test.each(['', 'x', '10 days', '-1s', '1e3', 'ms'])('%j is no time', (text) => {
  expect(() => parseDurationMs(text)).toThrow(/Expected a time such as 250ms/);
});

test.each([0, 250, 999, 1_000, 1_500, 90_000, 120_000, 3_600_000, 1_234])(
  '%d ms is read back as written',
  (ms) => {
    expect(parseDurationMs(formatDuration(ms))).toBe(ms);
  },
);

test('figures for people', () => {
  expect([showMs(0.44), showMs(1_204.4), showMs(null), showMs(Number.POSITIVE_INFINITY)]).toEqual([
    '0.4 ms',
    '1,204 ms',
    '–',
    '∞',
  ]);
  expect(showPercent(0.0649)).toBe('6.5 %');
  expect([showBytes(27), showBytes(1_500), showBytes(10_000_000)]).toEqual(['27 B', '1.5 kB', '10.0 MB']);
});

test('a long text is shortened where it is quoted', () => {
  expect(quote('abcdef', 4)).toBe('"abc…"');
  expect(quote({ a: 1 })).toBe('"{"a":1}"');
});

test('a time with a fraction is exact', () => {
  expect(parseDurationMs('4134.1s')).toBe(4_134_100);
});
