import { expect, test } from 'vitest';
import { staysBefore } from '../../src/review/syntax/versions.ts';

test.each([
  ['4.12.1', true],
  ['4.13.0', false],
  ['5.0.0', false],
  ['3.7.4', true],
  ['v4.2.0', true],
  ['~4.12.0', true],
  ['~4.13.0', false],
  ['^4.2.0', false],
  ['^3.7.4', true],
  ['4', false],
  ['4.*', false],
  ['3.x', true],
  ['~=4.3', false],
  ['~=4.3.2', true],
  ['~=3.12', true],
  ['>=3.0', false],
  ['>=3.0,<4.13', true],
  ['>=3.0, <5', false],
  ['<=4.12', true],
  ['<=4.13', false],
  ['^3.7.0 || ^4.0.0', false],
  ['3.6.0 || 4.1.0', true],
  ['*', false],
  ['latest', false],
  [null, false],
] as const)('%s gets only releases before 4.13: %s', (version, before) => {
  expect(staysBefore(version, [4, 13])).toBe(before);
});
