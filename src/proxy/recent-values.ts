/** The last values of a measurement, as many as `limit`. */
export class RecentValues {
  readonly #limit: number;
  readonly #values: number[] = [];
  #next = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(value: number): void {
    if (this.#values.length < this.#limit) this.#values.push(value);
    else this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#limit;
  }

  /** In no particular order. */
  list(): readonly number[] {
    return [...this.#values];
  }
}
