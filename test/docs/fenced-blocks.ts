/** A fenced block of a Markdown document. */
export interface FencedBlock {
  /** First word of the info string, such as `sh`; empty: none. */
  readonly language: string;
  /** The words after it, such as `run`, `status=1`, `file=scenarios.yaml`. */
  readonly words: readonly string[];
  readonly text: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
}

const FENCE = /^ {0,3}(`{3,})([^`]*)$/;

/** Lists the fenced blocks of a Markdown document, in order. */
export function readFencedBlocks(markdown: string): FencedBlock[] {
  const lines = markdown.split('\n');
  const blocks: FencedBlock[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [, fence, info = ''] = FENCE.exec(lines[at] ?? '') ?? [];
    if (fence === undefined) continue;
    const end = lines.findIndex((line, index) => index > at && line.trim() === fence);
    if (end < 0) throw new Error(`The block of line ${at + 1} has no end.`);
    const [language = '', ...words] = info.trim().split(/\s+/);
    blocks.push({ language, words, text: `${lines.slice(at + 1, end).join('\n')}\n`, line: at + 1 });
    at = end;
  }
  return blocks;
}

/** The value of a word such as `status=1`; `null`: there is none of that name. */
export function wordValue(block: FencedBlock, name: string): string | null {
  const word = block.words.find((one) => one.startsWith(`${name}=`));
  return word === undefined ? null : word.slice(name.length + 1);
}

/** A Markdown document without its fenced blocks; lines keep their numbers. */
export function withoutFencedBlocks(markdown: string): string {
  const lines = markdown.split('\n');
  for (const { line, text } of readFencedBlocks(markdown))
    lines.fill('', line - 1, line + text.split('\n').length);
  return lines.join('\n');
}
