import { expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { explainLacks } from '../../../src/tools/session/copy-lacks.ts';

const copy = { folder: '/copy', env: {}, leftOut: [], isPart: false, remove: async () => undefined };
const notReady = new AppError('SERVICE_NOT_READY', 'It ended.', { hint: 'See its last lines.' });
const hintOf = (error: unknown) => (error instanceof AppError ? error.hint : null);

test('a service that does not start is told what is not in its copy', () => {
  expect(hintOf(explainLacks(notReady, { ...copy, leftOut: ['.env', '.env.local'] }))).toMatch(
    /git ignores \(\.env, \.env\.local\): name .* under app\.env\. See its last lines\.$/,
  );
  expect(hintOf(explainLacks(notReady, { ...copy, isPart: true }))).toMatch(
    /beside this folder in its repository/,
  );
});

test('nothing is added where nothing is missing, nor to another error', () => {
  expect(explainLacks(notReady, copy)).toBe(notReady);
  const other = new AppError('PORT_IN_USE', 'Taken.');
  expect(explainLacks(other, { ...copy, isPart: true })).toBe(other);
});
