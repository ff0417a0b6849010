import type { AppError } from '../errors.ts';
import { cleanse, tame } from '../policy.ts';
import { mapTexts } from '../texts.ts';
import { inShellWords } from './shell-words.ts';

const MAX_DETAIL = 600;

/** Prints an error: for people to stderr, with `--json` as JSON where the facts would stand; `indent` 0: in one line. */
export function printError(error: AppError, json: boolean, indent = 2): void {
  const facts = mapTexts({ error: toErrorFacts(error) }, cleanse);
  if (json) process.stdout.write(`${JSON.stringify(facts, null, indent)}\n`);
  else process.stderr.write(cleanse(describeError(error)));
}

function toErrorFacts({ code, message, hint, retryable, details }: AppError) {
  const shown = Object.entries(details).map(([name, value]) => [name, showDetail(value)]);
  return { code, message, hint, retryable, details: Object.fromEntries(shown) };
}

function showDetail(value: unknown): string | readonly string[] {
  if (isLines(value)) return value.map((line) => tame(line, MAX_DETAIL));
  return tame(typeof value === 'string' ? value : JSON.stringify(value), MAX_DETAIL);
}

function isLines(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((line) => typeof line === 'string');
}

/** An error as a person in a terminal reads it. */
function describeError(error: AppError): string {
  const details = Object.entries(error.details).flatMap(([name, value]) => {
    const shown = showDetail(value);
    return typeof shown === 'string'
      ? [`  ${name}: ${shown}`]
      : [`  ${name}:`, ...shown.map((line) => `    ${line}`)];
  });
  const said = [`breakwater: ${error.message}`, ...(error.hint === null ? [] : [error.hint])];
  return `${[...said.map(inShellWords), ...details].join('\n')}\n`;
}
