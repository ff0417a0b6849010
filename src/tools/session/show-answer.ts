import type { Answer, NextCall } from './answer.ts';

/** Longest answer, about 8,000 tokens; what does not fit is a resource. */
const MAX_CHARACTERS = 32_000;

/** The text of an answer as a model reads it: the fact, the table, then the next calls. */
export function showAnswer(answer: Answer): string {
  const next = answer.next.length === 0 ? '' : `\n\nNext: ${answer.next.map(showCall).join(' or ')}`;
  const room = MAX_CHARACTERS - next.length;
  const text = answer.text.trimEnd();
  const shown =
    text.length <= room
      ? text
      : `${text.slice(0, room - 80)}\n… cut here; the rest is in the report that is named above.`;
  return shown + next;
}

/** A call as it can be typed: `run_report {"run_id":"run_1"}`. */
export function showCall({ tool, args }: NextCall): string {
  return `${tool} ${JSON.stringify(args)}`;
}
