import { familyOf, type LanguageName } from '../rag/languages.ts';

const MAX_WORD_CHARACTERS = 200;

/** Says whether some file of a family of languages holds a text; each question is answered from memory after once. */
export function textSearch(texts: ReadonlyMap<string, string>, languages: ReadonlyMap<string, LanguageName>) {
  const known = new Map<string, boolean>();
  return (family: string, part: string, folder: string): boolean => {
    const key = [family, folder, part].join('\u0000');
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = [...texts].some(
      ([name, text]) =>
        name.startsWith(folder) && familyOf(languages.get(name) ?? '') === family && text.includes(part),
    );
    known.set(key, found);
    return found;
  };
}

/** Counts what a global pattern finds in the files of a family below a folder, files that `without` is found in aside. */
export function textCount(texts: ReadonlyMap<string, string>, languages: ReadonlyMap<string, LanguageName>) {
  return (family: string, pattern: RegExp, without: RegExp, folder: string): number =>
    [...texts]
      .filter(([name]) => name.startsWith(folder) && familyOf(languages.get(name) ?? '') === family)
      .filter(([, text]) => !without.test(text))
      .reduce((count, [, text]) => count + [...text.matchAll(pattern)].length, 0);
}

/** Lists what the files of a family hold at some places; each question is answered from memory after once. */
export function listSearch(texts: ReadonlyMap<string, string>, languages: ReadonlyMap<string, LanguageName>) {
  const known = new Map<string, readonly string[]>();
  const list = (family: string, asked: string, read: (text: string) => readonly string[]) => {
    const key = [family, asked].join('\u0000');
    const before = known.get(key);
    if (before !== undefined) return before;
    const own = [...texts].filter(([name]) => familyOf(languages.get(name) ?? '') === family);
    const found = [...new Set(own.flatMap(([, text]) => read(text)))].sort();
    known.set(key, found);
    return found;
  };
  return {
    wordsAfter: (family: string, part: string) =>
      list(family, `after ${part}`, (text) => listWordsAfter(text, part)),
    capturesOf: (family: string, pattern: RegExp) =>
      list(family, `like ${pattern}`, (text) => listCaptures(text, pattern)),
  };
}

/** What the first group of a global pattern captures, place by place. */
export function listCaptures(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '');
}

/** Words, with the dots within them, that stand right after each place of `part`. */
export function listWordsAfter(text: string, part: string): string[] {
  const words: string[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) {
    const [word] = /^[\w.]+/.exec(text.slice(at + part.length, at + part.length + MAX_WORD_CHARACTERS)) ?? [];
    if (word !== undefined) words.push(word);
  }
  return words;
}
