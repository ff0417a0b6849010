import { textOf } from '../../../src/rag/expressions.ts';
import type { LanguageName } from '../../../src/rag/languages.ts';
import { readFacts } from '../../../src/rag/read-facts.ts';

/** `class Shop.Order 2-7` for each symbol of a text, in the order of its lines. */
export async function symbolsOf(language: LanguageName, text: string): Promise<string[]> {
  const { symbols } = await readFacts(language, text);
  return [...symbols]
    .sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine)
    .map(({ kind, parent, name, startLine, endLine }) => {
      return `${kind} ${parent === '' ? name : `${parent}.${name}`} ${startLine}-${endLine}`;
    });
}

/** Callees of a text as they are written, each once. */
export async function expressionsOf(language: LanguageName, text: string): Promise<string[]> {
  const { calls } = await readFacts(language, text);
  return [...new Set(calls.map(({ call }) => textOf(call.callee)))].sort();
}
