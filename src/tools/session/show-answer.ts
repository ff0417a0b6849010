import type { Answer, NextCall } from './answer.ts';

/** Longest answer, about 8,000 tokens; what does not fit is a page, or a resource. */
const MAX_CHARACTERS = 32_000;
/** Room for the line that says where a page ends, and for its call. */
const PAGE_END = 400;

/** The text of an answer as a model reads it: the fact, the table, then the next calls. */
export function showAnswer(answer: Answer): string {
  const whole = answer.text.trimEnd();
  const from = answer.paged?.from ?? 0;
  const next = showNext(answer.next);
  const room = MAX_CHARACTERS - next.length - PAGE_END;
  if (whole.length - from <= room) return whole.slice(from) + next;
  const to = findEnd(whole, from, from + room);
  const piece = whole.slice(from, to).trimEnd();
  if (answer.paged === undefined) {
    return `${piece}\n… cut here; the rest is in the report that is named above.${next}`;
  }
  const { tool, args } = answer.paged.call;
  const more = { tool, args: { ...args, cursor: String(to) } };
  return `${piece}\n\n… characters ${from} to ${to} of ${whole.length}.${showNext([more, ...answer.next])}`;
}

/** A call as it can be typed: `run_report {"run_id":"run_1"}`. */
export function showCall({ tool, args }: NextCall): string {
  return `${tool} ${JSON.stringify(args)}`;
}

function showNext(calls: readonly NextCall[]): string {
  return calls.length === 0 ? '' : `\n\nNext: ${calls.map(showCall).join(' or ')}`;
}

/** After the last whole line that fits; in one long line at the limit, never between the halves of a character. */
function findEnd(text: string, from: number, limit: number): number {
  const line = text.lastIndexOf('\n', limit - 1) + 1;
  if (line > from + (limit - from) / 2) return line;
  const code = text.charCodeAt(limit - 1);
  return code >= 0xd800 && code <= 0xdbff ? limit - 1 : limit;
}
