import { nameOf, otherOf, stringOf } from '../expressions.ts';
import type { FactBuilder } from '../fact-builder.ts';
import type { Argument, Expression, Parameter } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';
import type { RubyLocals } from './ruby-locals.ts';

/** What an expression cannot read by itself. */
interface Openers {
  readonly statement: (node: LeanNode, scope: number) => void;
  /** Reads a body and gives what its last statement is worth. */
  readonly body: (nodes: readonly LeanNode[], scope: number) => readonly Expression[];
}

const STATEMENTS = /^(method|singleton_method|class|module|singleton_class|return|alias|undef)$/;
const BRANCHES =
  /^(if|unless|case|case_match|begin|while|until|for|if_modifier|unless_modifier|rescue_modifier|assignment|operator_assignment)$/;

/** Reads Ruby's expressions and blocks; symbols are read as strings, names that are no variables as calls. */
export class RubyExpressions {
  readonly #facts: FactBuilder;
  readonly #locals: RubyLocals;
  readonly #open: Openers;

  constructor(facts: FactBuilder, locals: RubyLocals, open: Openers) {
    this.#facts = facts;
    this.#locals = locals;
    this.#open = open;
  }

  read(node: LeanNode, scope: number): Expression {
    switch (node.type) {
      case 'identifier':
        if (this.#locals.has(scope, node.text)) return nameOf(node.text);
        return this.#facts.call(node, null, nameOf(node.text), []);
      case 'constant':
      case 'instance_variable':
      case 'class_variable':
      case 'global_variable':
      case 'self':
        return nameOf(node.text);
      case 'scope_resolution':
        return this.#constant(node, scope);
      case 'simple_symbol':
        return stringOf(node.text.slice(1));
      case 'hash_key_symbol':
        return stringOf(node.text);
      case 'string':
      case 'delimited_symbol':
      case 'bare_string':
      case 'bare_symbol':
        return this.#string(node, scope);
      case 'chained_string':
        return { kind: 'join', parts: this.#all(node, scope) };
      case 'array':
      case 'string_array':
      case 'symbol_array':
      case 'right_assignment_list':
        return { kind: 'list', items: this.#all(node, scope) };
      case 'hash':
        return this.#hash(node, scope);
      case 'pair':
        return { kind: 'list', items: this.#all(node, scope) };
      case 'splat_argument':
      case 'hash_splat_argument':
        return { kind: 'spread', of: this.#first(node, scope) };
      case 'block_argument':
        return this.#first(node, scope);
      case 'call':
        return this.#call(node, scope);
      case 'element_reference':
        return this.#element(node, scope);
      case 'lambda':
        return this.#block(node, scope, node.child('body'));
      case 'block':
      case 'do_block':
        return this.#block(node, scope, node);
      case 'conditional':
        return { kind: 'either', items: this.#all(node, scope).slice(1) };
      case 'binary':
        return this.#operator(node, scope);
      case 'parenthesized_statements':
        return this.#worth(this.#open.body(node.children, scope), node);
      default:
        return this.#other(node, scope);
    }
  }

  /** Parameters of a method or a block; their names are locals of `scope`. */
  parameters(list: LeanNode | null, scope: number): Parameter[] {
    return (list?.children ?? []).flatMap((node): Parameter[] => {
      if (node.type === 'destructured_parameter') return this.parameters(node, scope);
      const name = (node.type === 'identifier' ? node : node.child('name'))?.text;
      if (name === undefined) return [];
      this.#locals.add(scope, name);
      const value = node.child('value');
      return [{ name, type: null, value: value === null ? null : this.read(value, scope), decorators: [] }];
    });
  }

  /** `a.b = v` as a call of `b=`. */
  setter(target: LeanNode, value: Expression, scope: number): Expression {
    const of = this.read(target.child('receiver') ?? target, scope);
    const callee: Expression = { kind: 'member', of, name: `${target.child('method')?.text ?? ''}=` };
    return this.#facts.call(target.parent ?? target, null, callee, [{ name: null, value }]);
  }

  #other(node: LeanNode, scope: number): Expression {
    if (STATEMENTS.test(node.type)) {
      this.#open.statement(node, scope);
      // `private def total` hands over the method's name.
      return node.type === 'method' ? stringOf(node.child('name')?.text ?? '') : otherOf('');
    }
    if (BRANCHES.test(node.type)) return this.#worth(this.#open.body([node], scope), node);
    return otherOf(node.text, this.#all(node, scope));
  }

  #worth(values: readonly Expression[], node: LeanNode): Expression {
    const [only] = values;
    if (only === undefined) return otherOf(node.text);
    return values.length === 1 ? only : { kind: 'either', items: values };
  }

  #all(node: LeanNode, scope: number): Expression[] {
    return node.children.map((child) => this.read(child, scope));
  }

  #first(node: LeanNode, scope: number): Expression {
    const first = node.children[0];
    return first === undefined ? otherOf(node.text) : this.read(first, scope);
  }

  /** `A::B` is one name, since it is looked up from the inside out as a whole. */
  #constant(node: LeanNode, scope: number): Expression {
    if (/^(::)?[A-Z]\w*(::[A-Z]\w*)*$/.test(node.text)) return nameOf(node.text);
    const of = node.child('scope');
    const name = node.child('name')?.text ?? '';
    return of === null ? nameOf(name) : { kind: 'member', of: this.read(of, scope), name };
  }

  #string(node: LeanNode, scope: number): Expression {
    const parts = node.children.flatMap((child): Expression[] => {
      if (child.type === 'string_content' || child.type === 'escape_sequence') return [stringOf(child.text)];
      return child.type === 'interpolation' ? [this.#first(child, scope)] : [];
    });
    const [only] = parts;
    if (only === undefined) return stringOf('');
    return parts.length === 1 && only.kind === 'string' ? only : { kind: 'join', parts };
  }

  #hash(node: LeanNode, scope: number): Expression {
    const entries = node.children.map((child) => {
      const value = child.child('value');
      const key = child.type === 'pair' ? keyOf(child) : '...';
      if (value !== null) return { key, value: this.read(value, scope) };
      return {
        key,
        value: child.type === 'pair' ? this.#named(key, child, scope) : this.#first(child, scope),
      };
    });
    return { kind: 'map', type: null, entries };
  }

  /** `f(id:)` gives what `id` means. */
  #named(name: string, node: LeanNode, scope: number): Expression {
    return this.#locals.has(scope, name) ? nameOf(name) : this.#facts.call(node, null, nameOf(name), []);
  }

  #element(node: LeanNode, scope: number): Expression {
    const [of, ...items] = this.#all(node, scope);
    return of === undefined ? otherOf(node.text) : { kind: 'index', of, items };
  }

  #operator(node: LeanNode, scope: number): Expression {
    const [left, right] = [node.child('left'), node.child('right')];
    if (left === null || right === null) return otherOf(node.text);
    const parts = [this.read(left, scope), this.read(right, scope)];
    const operator = node.textBetween(left, right).trim();
    if (operator === '+') return { kind: 'join', parts };
    return operator === '||' || operator === 'or'
      ? { kind: 'either', items: parts }
      : otherOf(node.text, parts);
  }

  #block(node: LeanNode, scope: number, inner: LeanNode | null): Expression {
    const opened = this.#facts.openScope({ kind: 'function', parent: scope, node });
    this.#locals.nest(opened, scope);
    const list = node.child('parameters') ?? inner?.child('parameters') ?? null;
    this.#facts.setParams(opened, this.parameters(list, opened), null);
    const body = inner?.child('body');
    for (const value of this.#open.body(body?.children ?? [], opened)) this.#facts.addReturn(opened, value);
    return { kind: 'function', scope: opened };
  }

  #call(node: LeanNode, scope: number): Expression {
    const receiver = node.child('receiver');
    const method = node.child('method');
    const name = method?.text ?? 'call';
    const callee: Expression =
      receiver === null ? nameOf(name) : { kind: 'member', of: this.read(receiver, scope), name };
    const args = (node.child('arguments')?.children ?? []).map((child) => this.#argument(child, scope));
    const block = node.child('block');
    if (block !== null) args.push({ name: null, value: this.read(block, scope) });
    return this.#facts.call(node, null, callee, args);
  }

  /** A key that is no plain word, such as a path, stays an expression: `'/x' => 'c#a'` is a list of both. */
  #argument(node: LeanNode, scope: number): Argument {
    if (node.type !== 'pair') return { name: null, value: this.read(node, scope) };
    const name = keyOf(node);
    const value = node.child('value');
    if (!/^\w+$/.test(name)) return { name: null, value: this.read(node, scope) };
    return { name, value: value === null ? this.#named(name, node, scope) : this.read(value, scope) };
  }
}

/** Text of a key; empty when it is computed. */
function keyOf(pair: LeanNode): string {
  const key = pair.child('key');
  if (key === null) return '';
  if (key.type === 'simple_symbol') return key.text.slice(1);
  if (key.type === 'hash_key_symbol') return key.text;
  const isPlain = /^(string|delimited_symbol)$/.test(key.type) && key.childOfType('interpolation') === null;
  return isPlain ? key.children.map((child) => child.text).join('') : '';
}
