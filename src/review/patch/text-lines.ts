import { createHash } from 'node:crypto';

/** One line of a text: where it starts, its content, and the line break that ends it (empty at the very end). */
export interface TextLine {
  readonly startOffset: number;
  readonly text: string;
  readonly lineBreak: string;
}

/** Splits a text into lines; `\r\n` and `\n` end a line, a lone `\r` does not. An empty text has none. */
export function splitLines(text: string): TextLine[] {
  const lines: TextLine[] = [];
  let startOffset = 0;
  while (startOffset < text.length) {
    const newline = text.indexOf('\n', startOffset);
    const endOffset = newline < 0 ? text.length : newline + 1;
    const whole = text.slice(startOffset, endOffset);
    const lineBreak = /\r?\n$/.exec(whole)?.[0] ?? '';
    lines.push({ startOffset, text: whole.slice(0, whole.length - lineBreak.length), lineBreak });
    startOffset = endOffset;
  }
  return lines;
}

/** The line break that most lines of a text have; `\n` when there is none. */
export function lineBreakOf(text: string): '\n' | '\r\n' {
  const all = text.split('\n').length - 1;
  const withReturn = text.split('\r\n').length - 1;
  return withReturn > all / 2 ? '\r\n' : '\n';
}

/** `text` with every line break written as `lineBreak`. */
export function withLineBreaks(text: string, lineBreak: string): string {
  return text.replace(/\r?\n/g, lineBreak);
}

/** The 1-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** SHA-256 of a text's UTF-8, in hex. */
export function hashText(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
