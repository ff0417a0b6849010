/** Gives `value` with every text in it changed, however deep; keys and the shape stay. */
export function mapTexts<T>(value: T, change: (text: string) => string): T {
  const map = (each: unknown): unknown => {
    if (typeof each === 'string') return change(each);
    if (Array.isArray(each)) return each.map(map);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([key, child]) => [key, map(child)]));
  };
  // Checked border: texts stay texts and nothing else changes.
  return map(value) as T;
}

/** `text` as a part of a pattern that matches nothing but that text. */
export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The same function with its last answers for short texts kept: what is written a thousand times is looked at once. */
export function remember(change: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    if (text.length > MAX_KNOWN_CHARACTERS) return change(text);
    const before = known.get(text);
    if (before !== undefined) return before;
    const after = change(text);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(text, after);
    return after;
  };
}

const MAX_KNOWN = 2_000;
const MAX_KNOWN_CHARACTERS = 300;
