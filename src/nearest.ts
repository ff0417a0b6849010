/** Gives the word of `known` that takes the fewest edits to become `word`; the first of equals. */
export function nearest(word: string, known: readonly string[]): string {
  return rank(word, known)[0]?.candidate ?? '';
}

/** The same, when it is near enough to be a slip; else `null`. */
export function nearestWord(word: string, known: readonly string[]): string | null {
  const best = rank(word, known)[0];
  return best !== undefined && best.edits <= Math.max(2, word.length / 3) ? best.candidate : null;
}

function rank(word: string, known: readonly string[]): readonly { candidate: string; edits: number }[] {
  return known
    .map((candidate) => ({ candidate, edits: countEdits(word.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.edits - b.edits);
}

/** Levenshtein's distance. */
function countEdits(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const change = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
