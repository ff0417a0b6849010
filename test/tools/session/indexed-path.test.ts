import { expect, test } from 'vitest';
import { toIndexedPath } from '../../../src/tools/session/indexed-path.ts';

test.each([
  ['src/api', 'src/api'],
  ['./src/api/', 'src/api'],
  ['/shop/src/api', 'src/api'],
  ['file:///shop/src/api', 'src/api'],
  ['.', ''],
  ['../other', '../other'],
  ['file://host/share', 'file:/host/share'],
])('%s is %j in the index', (named, indexed) => {
  expect(toIndexedPath('/shop', named)).toBe(indexed);
});
