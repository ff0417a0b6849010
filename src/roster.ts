/** What a roster may hold: a member knows its neighbours, and is in one roster at most. */
export class Member<T> {
  before: T | null = null;
  after: T | null = null;
}

/**
 * Members that come and go by the thousand, in the order in which they came. A `Set` for this is dear: V8 replaces its
 * table whenever as many have gone as it has room for, and each old table keeps the members of its time and leads to
 * the next one (`OrderedHashTable::Rehash`, src/objects/ordered-hash-table.cc). Once the first of that chain is old,
 * collections of young objects let everything that ever was in the set live, and pay for copying it.
 */
export class Roster<T extends Member<T>> {
  #first: T | null = null;
  #last: T | null = null;

  /** The one that has been here longest. */
  get first(): T | null {
    return this.#first;
  }

  /** The one that came last. */
  get last(): T | null {
    return this.#last;
  }

  /** Adds one that is in no roster. */
  add(member: T): void {
    member.before = this.#last;
    if (this.#last === null) this.#first = member;
    else this.#last.after = member;
    this.#last = member;
  }

  /** Takes one out; `false`: it was not here. */
  remove(member: T): boolean {
    const { before, after } = member;
    if (before === null && this.#first !== member) return false;
    if (before === null) this.#first = after;
    else before.after = after;
    if (after === null) this.#last = before;
    else after.before = before;
    // A member that has gone must lead to no other one, or it would keep that alive.
    member.before = null;
    member.after = null;
    return true;
  }

  /** From the first to the last. Who takes members out meanwhile walks through a copy. */
  *[Symbol.iterator](): Generator<T> {
    for (let member = this.#first; member !== null; member = member.after) yield member;
  }
}
