import { nameOf } from '../expressions.ts';
import type { FactBuilder } from '../fact-builder.ts';
import type { Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';
import { defineReader } from '../reader.ts';
import { RubyExpressions } from './ruby-expressions.ts';
import { RubyLocals } from './ruby-locals.ts';

/** `helpers` is Sinatra's and Grape's word for it. */
const MIXINS = /^(include|extend|prepend|helpers)$/;
/** Nodes that hold statements and open nothing. */
const CONTAINERS =
  /^(program|body_statement|block_body|then|else|elsif|do|ensure|rescue|when|in_clause|ERROR|begin_block|end_block)$/;
/** Nodes whose branches are what they are worth. */
const BRANCHES =
  /^(if|unless|elsif|case|case_match|begin|if_modifier|unless_modifier|rescue_modifier|while|until|for)$/;
const BRANCH_FIELDS = /^(consequence|alternative|body)$/;

/** Ruby: classes and modules with what they include, methods, blocks, constants, variables of objects. */
export default defineReader({
  languages: ['ruby'],
  read(root, facts) {
    const reader = new RubyReader(facts);
    for (const child of root.children) reader.statement(child, 0);
  },
});

class RubyReader {
  readonly #facts: FactBuilder;
  readonly #locals = new RubyLocals();
  readonly #expressions: RubyExpressions;

  constructor(facts: FactBuilder) {
    this.#facts = facts;
    this.#expressions = new RubyExpressions(facts, this.#locals, {
      statement: (node, scope) => this.statement(node, scope),
      body: (nodes, scope) => this.#body(nodes, scope),
    });
  }

  statement(node: LeanNode, scope: number): void {
    switch (node.type) {
      case 'comment':
      case 'heredoc_body':
      case 'alias':
      case 'undef':
        break;
      case 'class':
      case 'module':
        this.#class(
          node,
          scope,
          node.child('name')?.text ?? '',
          node.child('superclass')?.children[0] ?? null,
        );
        break;
      case 'singleton_class':
        for (const child of node.child('body')?.children ?? []) this.statement(child, scope);
        break;
      case 'method':
      case 'singleton_method':
        this.#method(node, scope);
        break;
      case 'assignment':
      case 'operator_assignment':
        this.#assign(node, scope);
        break;
      case 'exception_variable':
        for (const child of node.children) this.#locals.add(scope, child.text);
        break;
      case 'return':
        for (const child of node.child('arguments')?.children ??
          node.childOfType('argument_list')?.children ??
          [])
          this.#facts.addReturn(scope, this.#expressions.read(child, scope));
        break;
      default:
        this.#otherStatement(node, scope);
    }
  }

  #otherStatement(node: LeanNode, scope: number): void {
    if (CONTAINERS.test(node.type) || BRANCHES.test(node.type)) {
      for (const child of node.children) this.statement(child, scope);
      return;
    }
    this.#keep(this.#expressions.read(node, scope), scope);
  }

  #keep(value: Expression, scope: number): void {
    if (value.kind !== 'string' && value.kind !== 'name') this.#facts.addStatement(scope, value);
  }

  /** Reads a body and gives what its last statement is worth, which Ruby returns. */
  #body(nodes: readonly LeanNode[], scope: number): readonly Expression[] {
    const real = nodes.filter((node) => !/^(comment|heredoc_body)$/.test(node.type));
    const isGuarded = real.some((node) => /^(rescue|ensure|else)$/.test(node.type));
    // Of a body with `rescue`, the last statement before it counts.
    const plain = isGuarded ? real.filter((node) => !/^(rescue|ensure|else)$/.test(node.type)) : real;
    const last = plain.at(-1);
    for (const node of real) if (node !== last) this.statement(node, scope);
    return last === undefined ? [] : this.#worth(last, scope);
  }

  #worth(node: LeanNode, scope: number): readonly Expression[] {
    if (node.type === 'assignment' || node.type === 'operator_assignment') {
      const value = this.#assign(node, scope);
      return value === null ? [] : [value];
    }
    if (node.type === 'begin' || CONTAINERS.test(node.type)) return this.#body(node.children, scope);
    if (BRANCHES.test(node.type)) {
      return node.children.flatMap((child) => {
        const isBranch = BRANCH_FIELDS.test(child.field ?? '') || /^(when|else|in_clause)$/.test(child.type);
        if (isBranch) return [...this.#worth(child, scope)];
        this.statement(child, scope);
        return [];
      });
    }
    if (
      /^(method|singleton_method|class|module|singleton_class|return|comment|alias|undef)$/.test(node.type)
    ) {
      this.statement(node, scope);
      return [];
    }
    return [this.#expressions.read(node, scope)];
  }

  #class(node: LeanNode, scope: number, written: string, base: LeanNode | null): void {
    const path = written.split('::').filter((part) => part !== '');
    const name = path.pop() ?? '';
    const body = node.child('body')?.children ?? [];
    const mixins = body.flatMap((child) =>
      child.type === 'call' &&
      child.child('receiver') === null &&
      MIXINS.test(child.child('method')?.text ?? '')
        ? (child.child('arguments')?.children ?? [])
        : [],
    );
    const bases = [...(base === null ? [] : [base]), ...mixins].filter((child) =>
      /^(constant|scope_resolution)$/.test(child.type),
    );
    const opened = this.#facts.openScope({ kind: 'class', parent: scope, node, self: 'self' });
    const parent = [this.#facts.pathOf(scope), ...path].filter((part) => part !== '').join('.');
    this.#facts.addSymbol({
      name,
      kind: 'class',
      node,
      inScope: scope,
      scope: opened,
      parent,
      bases: bases.map((child) => nameOf(child.text)),
    });
    for (const child of body) this.statement(child, opened);
  }

  #method(node: LeanNode, scope: number): void {
    const opened = this.#facts.openScope({ kind: 'function', parent: scope, node });
    this.#facts.setParams(opened, this.#expressions.parameters(node.child('parameters'), opened), null);
    this.#facts.addSymbol({
      name: node.child('name')?.text ?? '',
      kind: this.#facts.classAround(scope) === null ? 'function' : 'method',
      node,
      inScope: scope,
      scope: opened,
    });
    const body = node.child('body');
    const nodes = body === null ? [] : body.type === 'body_statement' ? body.children : [body];
    for (const value of this.#body(nodes, opened)) this.#facts.addReturn(opened, value);
  }

  /** Binds what is assigned and gives it. */
  #assign(node: LeanNode, scope: number): Expression | null {
    const [left, right] = [node.child('left'), node.child('right')];
    if (left === null || right === null) return null;
    if (left.type === 'constant' && this.#madeClass(left, right, scope)) return null;
    const value = this.#expressions.read(right, scope);
    if (left.type === 'left_assignment_list') {
      left.children.forEach((child, index) => {
        this.#bind(child, value, scope, node, index);
      });
      return null;
    }
    if (left.type === 'call') {
      this.#facts.addStatement(scope, this.#expressions.setter(left, value, scope));
      return null;
    }
    this.#bind(left, value, scope, node, null);
    return value;
  }

  #bind(left: LeanNode, value: Expression, scope: number, node: LeanNode, pick: number | null): void {
    const name = left.text;
    if (/^(instance_variable|class_variable)$/.test(left.type)) {
      const owner = this.#facts.classAround(scope) ?? scope;
      this.#facts.addBinding({ scope: owner, name, type: null, value, from: scope }, node, pick);
      return;
    }
    if (left.type === 'identifier') this.#locals.add(scope, name);
    this.#facts.addBinding({ scope, name, type: null, value, from: scope }, node, pick);
    if (left.type === 'constant') this.#facts.addSymbol({ name, kind: 'variable', node, inScope: scope });
  }

  /** `Order = Struct.new(:id) do … end`, `Failed = Class.new(StandardError)`. */
  #madeClass(left: LeanNode, right: LeanNode, scope: number): boolean {
    const receiver = right.type === 'call' ? right.child('receiver') : null;
    if (receiver === null || !/^(Class|Struct|Module|Data)$/.test(receiver.text)) return false;
    const block = right.child('block');
    if (block === null) return false;
    const base = receiver.text === 'Class' ? (right.child('arguments')?.children[0] ?? null) : null;
    this.#class(block, scope, left.text, base);
    return true;
  }
}
