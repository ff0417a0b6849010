const BLOCK_ROWS = 1_024;

export interface Row {
  readonly block: Float64Array;
  /** Where the row begins in its block. */
  readonly at: number;
}

/** Rows of numbers in large blocks, which the garbage collector neither walks through nor moves one by one. */
export class NumberColumns {
  readonly #columns: number;
  readonly #blocks: Float64Array[] = [];
  #length = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  /** Rows so far. */
  get length(): number {
    return this.#length;
  }

  /** A new row at the end, full of zeros. */
  next(): Row {
    if (this.#length % BLOCK_ROWS === 0) this.#blocks.push(new Float64Array(BLOCK_ROWS * this.#columns));
    this.#length += 1;
    return this.row(this.#length - 1);
  }

  /** @throws RangeError where there is no such row. */
  row(index: number): Row {
    const block = this.#blocks[Math.floor(index / BLOCK_ROWS)];
    if (block === undefined) throw new RangeError(`no row ${index} among ${this.#length}`);
    return { block, at: (index % BLOCK_ROWS) * this.#columns };
  }
}
