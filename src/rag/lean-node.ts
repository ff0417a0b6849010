/** A named node of a syntax tree as a plain object. Offsets are UTF-16 units of the text. */
export class LeanNode {
  readonly type: string;
  readonly field: string | null;
  readonly start: number;
  readonly end: number;
  readonly parent: LeanNode | null;
  readonly children: LeanNode[] = [];
  readonly #source: string;

  constructor(
    type: string,
    field: string | null,
    start: number,
    end: number,
    parent: LeanNode | null,
    source: string,
  ) {
    this.type = type;
    this.field = field;
    this.start = start;
    this.end = end;
    this.parent = parent;
    this.#source = source;
  }

  get text(): string {
    return this.#source.slice(this.start, this.end);
  }

  /** The first child with this field name. */
  child(field: string): LeanNode | null {
    return this.children.find((child) => child.field === field) ?? null;
  }

  /** All children with this field name. */
  childrenOf(field: string): LeanNode[] {
    return this.children.filter((child) => child.field === field);
  }

  /** The first child of one of these types. */
  childOfType(...types: readonly string[]): LeanNode | null {
    return this.children.find((child) => types.includes(child.type)) ?? null;
  }

  /** This node with its start moved back to `start`, as when decorators stand before it. */
  from(start: number): LeanNode {
    return new LeanNode(this.type, this.field, start, this.end, this.parent, this.#source);
  }

  /** Text between this node's children `left` and `right`, such as an operator. */
  textBetween(left: LeanNode, right: LeanNode): string {
    return this.#source.slice(left.end, right.start);
  }
}
