/** A wake-up that waits in a heap. */
export class HeapEntry {
  readonly dueMs: number;
  readonly wake: () => void;
  readonly order: number;
  /** Its place in the heap; -1: in none. */
  place = -1;
  readonly #heap: WakeHeap;

  constructor(heap: WakeHeap, dueMs: number, wake: () => void, order: number) {
    this.#heap = heap;
    this.dueMs = dueMs;
    this.wake = wake;
    this.order = order;
  }

  /** Takes it out of its heap, if it is still there. */
  cancel(): void {
    this.#heap.remove(this);
  }
}

/** Wake-ups by time, those due at the same time in the order asked; each knows its place, so that it can be removed. */
export class WakeHeap {
  readonly #entries: HeapEntry[] = [];

  /** The one that is due first. */
  get first(): HeapEntry | undefined {
    return this.#entries[0];
  }

  get size(): number {
    return this.#entries.length;
  }

  insert(entry: HeapEntry): void {
    this.#rise(entry, this.#entries.length);
  }

  /** Takes an entry out; one that is not in the heap is let be. */
  remove(entry: HeapEntry): void {
    const { place } = entry;
    if (place === -1) return;
    entry.place = -1;
    const last = this.#entries.pop();
    if (last === undefined || last === entry) return;
    this.#sink(last, place);
    this.#rise(last, last.place);
  }

  #rise(entry: HeapEntry, from: number): void {
    let place = from;
    while (place > 0) {
      const parentPlace = (place - 1) >> 1;
      const parent = this.#entries[parentPlace];
      if (parent === undefined || !isBefore(entry, parent)) break;
      this.#put(parent, place);
      place = parentPlace;
    }
    this.#put(entry, place);
  }

  #sink(entry: HeapEntry, from: number): void {
    let place = from;
    for (;;) {
      const childPlace = this.#smallerChild(place);
      const child = this.#entries[childPlace];
      if (child === undefined || !isBefore(child, entry)) break;
      this.#put(child, place);
      place = childPlace;
    }
    this.#put(entry, place);
  }

  #put(entry: HeapEntry, place: number): void {
    this.#entries[place] = entry;
    entry.place = place;
  }

  #smallerChild(place: number): number {
    const left = this.#entries[2 * place + 1];
    const right = this.#entries[2 * place + 2];
    return left !== undefined && right !== undefined && isBefore(right, left) ? 2 * place + 2 : 2 * place + 1;
  }
}

function isBefore(a: HeapEntry, b: HeapEntry): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
