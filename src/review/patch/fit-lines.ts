import type { TextLine } from './text-lines.ts';

/** Where wanted lines stand in a text, or why that cannot be said; lines are 1-based. */
export type Fit =
  | { readonly kind: 'unique'; readonly line: number; readonly exact: boolean }
  | { readonly kind: 'ambiguous'; readonly lines: readonly number[] }
  | { readonly kind: 'missing'; readonly nearest: NearestText | null };

/** The stretch of a text most like the wanted lines, and the first wanted line that differs from it. */
export interface NearestText {
  readonly line: number;
  readonly text: string;
  /** Counts from 1 within the wanted lines. */
  readonly differsAt: number;
  /** 0 to 1. */
  readonly likeness: number;
}

/**
 * Looks for `wanted` among `lines`: exactly, then ignoring white space at line ends. Of several places the one
 * at `claimedLine` is taken, as `patch` does; any other choice among them would be a guess.
 */
export function fitLines(
  lines: readonly TextLine[],
  wanted: readonly string[],
  claimedLine: number | null,
): Fit {
  for (const exact of [true, false]) {
    const found = findAll(lines, wanted, exact ? same : sameButForTrailingSpace);
    const [only] = found;
    if (only !== undefined && found.length === 1) return { kind: 'unique', line: only, exact };
    if (claimedLine !== null && found.includes(claimedLine)) {
      return { kind: 'unique', line: claimedLine, exact };
    }
    if (found.length > 1) return { kind: 'ambiguous', lines: found };
  }
  return { kind: 'missing', nearest: findNearest(lines, wanted) };
}

type SameLine = (seen: string, wanted: string) => boolean;
const same: SameLine = (seen, wanted) => seen === wanted;
const sameButForTrailingSpace: SameLine = (seen, wanted) => seen.trimEnd() === wanted.trimEnd();

function findAll(lines: readonly TextLine[], wanted: readonly string[], isSame: SameLine): number[] {
  const found: number[] = [];
  for (let start = 0; start + wanted.length <= lines.length; start += 1) {
    if (wanted.every((text, step) => isSame(lines[start + step]?.text ?? '', text))) found.push(start + 1);
  }
  return found;
}

const MIN_LIKENESS = 0.3;

function findNearest(lines: readonly TextLine[], wanted: readonly string[]): NearestText | null {
  const grams = wanted.map(gramsOf);
  const seen = lines.map((line) => gramsOf(line.text));
  let best = { start: 0, likeness: 0 };
  for (let start = 0; start < lines.length; start += 1) {
    const total = grams.reduce((sum, gram, step) => sum + likeness(seen[start + step], gram), 0);
    const mean = total / Math.max(1, wanted.length);
    if (mean > best.likeness) best = { start, likeness: mean };
  }
  if (best.likeness < MIN_LIKENESS) return null;
  const stretch = lines.slice(best.start, best.start + wanted.length);
  const differs = wanted.findIndex((text, step) => stretch[step]?.text.trimEnd() !== text.trimEnd());
  return {
    line: best.start + 1,
    text: stretch.map((line) => line.text).join('\n'),
    differsAt: Math.max(0, differs) + 1,
    likeness: best.likeness,
  };
}

/** Pairs of neighbouring characters, white space aside. */
function gramsOf(text: string): ReadonlySet<string> {
  const dense = text.replace(/\s+/g, '');
  const grams = new Set<string>();
  for (let at = 0; at < dense.length; at += 1) grams.add(dense.slice(at, at + 2));
  return grams;
}

/** Sørensen–Dice coefficient of two lines' pairs of characters. */
function likeness(seen: ReadonlySet<string> | undefined, wanted: ReadonlySet<string>): number {
  if (seen === undefined) return 0;
  if (seen.size + wanted.size === 0) return 1;
  let shared = 0;
  for (const gram of wanted) if (seen.has(gram)) shared += 1;
  return (2 * shared) / (seen.size + wanted.size);
}
