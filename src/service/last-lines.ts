const LAST_LINES = 20;
/** A line that says what went wrong, as runtimes print it before a stack or a dump of the error; Node marks cycles. */
const ERROR_LINE = /^(?:<ref \*\d+> )?(?:[\w.$]*(?:Error|Exception)\b.*:|panic:|fatal\b)/i;

/** The last lines of an output; before them the last one that names an error, where none of them does. */
export function pickLastLines(lines: readonly string[]): readonly string[] {
  const last = lines.slice(-LAST_LINES);
  const error = findErrorLine(last) === null ? findErrorLine(lines) : null;
  return error === null ? last : [error, '…', ...last];
}

/** The last line of an output that names an error; `null`: none does. */
export function findErrorLine(lines: readonly string[]): string | null {
  return lines.findLast((line) => ERROR_LINE.test(line)) ?? null;
}
