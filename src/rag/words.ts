/** Words that say nothing about code. */
const EMPTY_WORDS = new Set(
  'a an and are as at be by can do does for from has have how i if in into is it its of on or so that the their then there these this to was we what when where which who why will with you your'.split(
    ' ',
  ),
);
const IDENTIFIER = /[\p{L}\p{N}_$]+/gu;
const MAX_QUERY_WORDS = 24;

/** The text as words for the index: each identifier whole and in its parts, all lower case. */
export function indexWords(text: string): string {
  const words: string[] = [];
  for (const identifier of text.match(IDENTIFIER) ?? []) words.push(wordsOf(identifier));
  return words.join(' ');
}

/** Words to look for: parts of identifiers, and each identifier whole. Without words of no meaning, if others are left. */
export function queryWords(query: string): readonly string[] {
  const words: string[] = [];
  for (const [identifier] of query.matchAll(IDENTIFIER)) {
    const parts = splitIdentifier(identifier);
    words.push(...parts);
    if (parts.length > 1) words.push(parts.join(''));
  }
  const distinct = [...new Set(words)];
  const telling = distinct.filter((word) => !EMPTY_WORDS.has(word));
  return (telling.length > 0 ? telling : distinct).slice(0, MAX_QUERY_WORDS);
}

const MAX_KNOWN = 50_000;
const known = new Map<string, string>();

/** Code repeats its identifiers: each is split once. */
function wordsOf(identifier: string): string {
  const found = known.get(identifier);
  if (found !== undefined) return found;
  const parts = splitIdentifier(identifier);
  const words = [...parts, ...(parts.length > 1 ? [parts.join('')] : [])].join(' ');
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(identifier, words);
  return words;
}

/** The same for `getUserById`, `get_user_by_id` and `get user by id`. */
export function joinWords(name: string): string {
  return splitIdentifier(name.trim()).join('');
}

/** `getUserById`, `get_user_by_id` and `GETUserByID` are `get user by id`. */
export function splitIdentifier(identifier: string): string[] {
  return identifier
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[\s_$]+/)
    .filter((part) => part !== '');
}
