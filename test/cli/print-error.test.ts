import { afterEach, expect, test, vi } from 'vitest';
import { printError } from '../../src/cli/print-error.ts';
import { AppError } from '../../src/errors.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

function printed(json: boolean): string {
  const stream = json ? process.stdout : process.stderr;
  const texts: string[] = [];
  vi.spyOn(stream, 'write').mockImplementation((text) => texts.push(String(text)) > 0);
  const details = { exit_code: 1, last_lines: ['Error: no such module', '    at \u001b[31mload\u001b[0m'] };
  printError(new AppError('SERVICE_NOT_READY', 'It ended.', { hint: 'Read this.', details }), json);
  return texts.join('');
}

test('a person reads the last lines of a program as lines, without its escape sequences', () => {
  expect(printed(false)).toBe(
    'breakwater: It ended.\nRead this.\n  exit_code: 1\n  last_lines:\n    Error: no such module\n        at load\n',
  );
});

test('with --json they are a list', () => {
  expect(JSON.parse(printed(true))).toEqual({
    error: {
      code: 'SERVICE_NOT_READY',
      message: 'It ended.',
      hint: 'Read this.',
      retryable: false,
      details: { exit_code: '1', last_lines: ['Error: no such module', '    at load'] },
    },
  });
});
