/** Remembers which names are local variables, since Ruby calls a method for any other name. */
export class RubyLocals {
  readonly #names = new Map<number, Set<string>>();
  readonly #outer = new Map<number, number>();

  /** Tells that the block that opened `scope` sees the locals of `outer`. */
  nest(scope: number, outer: number): void {
    this.#outer.set(scope, outer);
  }

  add(scope: number, name: string): void {
    const names = this.#names.get(scope);
    if (names === undefined) this.#names.set(scope, new Set([name]));
    else names.add(name);
  }

  has(scope: number, name: string): boolean {
    for (let at: number | undefined = scope; at !== undefined; at = this.#outer.get(at)) {
      if (this.#names.get(at)?.has(name) === true) return true;
    }
    return false;
  }
}
