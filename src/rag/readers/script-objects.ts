import type { FactBuilder } from '../fact-builder.ts';
import type { Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';

const MAX_DEPTH = 3;

interface Written {
  readonly key: string;
  readonly node: LeanNode;
  readonly scope: number;
}

/** Functions that are written as members of object literals: `module.exports = { async find() {} }`. */
export class ObjectMethods {
  readonly #facts: FactBuilder;
  readonly #written = new Map<Expression, Written>();

  constructor(facts: FactBuilder) {
    this.#facts = facts;
  }

  /** Notes a member as it is read. */
  add(value: Expression, key: string, node: LeanNode, scope: number): void {
    if (value.kind === 'function') this.#written.set(value, { key, node, scope });
  }

  /** Makes symbols of an object's functions, below the object's name. */
  name(object: Expression, parent: string, depth = 0): void {
    if (object.kind !== 'map' || object.type !== null || depth > MAX_DEPTH) return;
    for (const { key, value } of object.entries) {
      const path = parent === '' ? key : `${parent}.${key}`;
      this.name(value, path, depth + 1);
      const written = this.#written.get(value);
      if (value.kind !== 'function' || written === undefined || !/^[\w$]+$/.test(key)) continue;
      this.#written.delete(value);
      const { node, scope: inScope } = written;
      this.#facts.addSymbol({ name: key, kind: 'method', node, inScope, scope: value.scope, parent });
    }
  }
}
