const NONE = -1;

/** Texts that come again and again, each kept once and named by a number. */
export class TextTable {
  readonly #texts: string[] = [];
  readonly #indexes = new Map<string, number>();

  /** `null` has a number too. */
  indexOf(text: string | null): number {
    if (text === null) return NONE;
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    const kept = copyText(text);
    this.#indexes.set(kept, this.#texts.length);
    this.#texts.push(kept);
    return this.#texts.length - 1;
  }

  at(index: number): string | null {
    return this.#texts[index] ?? null;
  }
}

/** A part of a text that was read keeps all of that text in memory; a copy does not. */
export function copyText(part: string): string {
  return Buffer.from(part, 'latin1').toString('latin1');
}
