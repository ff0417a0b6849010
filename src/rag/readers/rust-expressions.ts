import { nameOf, otherOf, stringOf } from '../expressions.ts';
import type { FactBuilder } from '../fact-builder.ts';
import type { Argument, Expression, Parameter } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';
import { localPath, segmentsOf } from './rust-imports.ts';
import { bindPattern, boundName } from './rust-patterns.ts';
import { RustTokens, rustString } from './rust-tokens.ts';
import { type Generics, readRustType } from './rust-types.ts';

/** Methods that give what they are called on, for who follows a value. */
const TRANSPARENT =
  /^(clone|cloned|to_string|to_owned|into|unwrap|expect|unwrap_or_default|as_ref|as_str|as_mut|as_deref|borrow|borrow_mut|get_ref|into_inner|boxed|into_boxed|by_ref|iter|await)$/;
/** `Arc::new(x)` and the like give x. */
const HOLDERS = /^(Arc|Rc|Box|Mutex|RwLock|RefCell|Cell|Data|ThinData|Extension|Some|Ok|OnceCell|Pin|Cow)$/;
const LAZY = /^(Lazy|LazyLock|LazyCell)$/;

/** What the statements of a file lend to its expressions. */
export interface RustContext {
  /** Type of the `impl` around, as code names it. */
  readonly self: string | null;
  readonly generics: Generics;
  /** How many modules are written around, inside the file. */
  readonly depth: number;
}

/** Reads Rust's expressions; `block` reads statements and gives the value of the last. */
export class RustExpressions {
  readonly #facts: FactBuilder;
  readonly #block: (node: LeanNode, scope: number) => Expression | null;
  readonly tokens: RustTokens;
  context: RustContext = { self: null, generics: new Map(), depth: 0 };

  constructor(facts: FactBuilder, block: (node: LeanNode, scope: number) => Expression | null) {
    this.#facts = facts;
    this.#block = block;
    this.tokens = new RustTokens(facts);
  }

  type(node: LeanNode): Expression {
    return readRustType(node, this.context.self, this.context.generics);
  }

  read(node: LeanNode, scope: number): Expression {
    switch (node.type) {
      case 'identifier':
      case 'type_identifier':
      case 'field_identifier':
      case 'self':
      case 'crate':
      case 'super':
        return nameOf(node.text === 'Self' && this.context.self !== null ? this.context.self : node.text);
      case 'string_literal':
      case 'raw_string_literal':
        return stringOf(rustString(node));
      case 'scoped_identifier':
      case 'scoped_type_identifier':
        return this.#path(node, scope);
      case 'generic_function':
      case 'generic_type':
      case 'generic_type_with_turbofish':
      case 'try_expression':
      case 'await_expression':
      case 'parenthesized_expression':
      case 'type_cast_expression':
        return this.#first(node, scope);
      case 'reference_expression':
        return this.#last(node, scope);
      case 'unary_expression':
        return this.#last(node, scope);
      case 'field_expression': {
        const value = node.child('value');
        const of = value === null ? otherOf('') : this.read(value, scope);
        return { kind: 'member', of, name: node.child('field')?.text ?? '' };
      }
      case 'call_expression':
        return this.#call(node, scope);
      case 'macro_invocation':
        return this.#macro(node, scope);
      case 'closure_expression':
        return { kind: 'function', scope: this.#closure(node, scope) };
      case 'struct_expression':
        return this.#struct(node, scope);
      case 'array_expression':
      case 'tuple_expression':
        return { kind: 'list', items: node.children.map((child) => this.read(child, scope)) };
      default:
        return this.#control(node, scope);
    }
  }

  parameters(node: LeanNode | null): Parameter[] {
    return (node?.children ?? []).flatMap((child): Parameter[] => {
      if (child.type === 'self_parameter' || child.type.endsWith('comment')) return [];
      const pattern = child.child('pattern') ?? child;
      const type = child.child('type');
      const read = type === null ? null : this.type(type);
      return [{ name: boundName(pattern), type: read, value: null, decorators: [] }];
    });
  }

  #control(node: LeanNode, scope: number): Expression {
    switch (node.type) {
      case 'block':
        return this.#block(node, scope) ?? otherOf('');
      case 'async_block':
      case 'unsafe_block':
      case 'const_block':
      case 'else_clause':
        return this.#last(node, scope);
      case 'return_expression': {
        if (node.children[0] !== undefined) this.#facts.addReturn(scope, this.#first(node, scope));
        return otherOf('');
      }
      case 'if_expression':
        this.#keep(node.child('condition'), scope);
        return this.#either([node.child('consequence'), node.child('alternative')], scope);
      case 'match_expression': {
        const value = node.child('value');
        if (value !== null) this.#facts.addStatement(scope, this.read(value, scope));
        const arms = node.child('body')?.children.map((arm) => arm.child('value')) ?? [];
        return this.#either(arms, scope);
      }
      case 'let_condition': {
        const [pattern, value] = [node.child('pattern'), node.child('value')];
        if (pattern !== null && value !== null) {
          const matched = { value: this.read(value, scope), pick: null, scope, node };
          bindPattern(pattern, matched, this.#facts);
        }
        return otherOf('');
      }
      default:
        return otherOf(
          node.text,
          node.children
            .filter((child) => !/lifetime|label/.test(child.type))
            .map((child) => this.read(child, scope)),
        );
    }
  }

  #keep(node: LeanNode | null, scope: number): void {
    if (node !== null) this.#facts.addStatement(scope, this.read(node, scope));
  }

  #either(nodes: readonly (LeanNode | null)[], scope: number): Expression {
    const items = nodes.flatMap((node) => (node === null ? [] : [this.read(node, scope)]));
    return items.length === 1 && items[0] !== undefined ? items[0] : { kind: 'either', items };
  }

  #first(node: LeanNode, scope: number): Expression {
    const first = node.children[0];
    return first === undefined ? otherOf(node.text) : this.read(first, scope);
  }

  #last(node: LeanNode, scope: number): Expression {
    const last = node.children.at(-1);
    return last === undefined ? otherOf(node.text) : this.read(last, scope);
  }

  /** `super::` inside a module of this file, and `self::`, stay in the file, where names are seen from inside. */
  #path(node: LeanNode, scope: number): Expression {
    const segments = segmentsOf(node.text.replace(/<[^>]*>/g, ''));
    if (segments.some((part) => !/^\w+$/.test(part))) {
      const path = node.child('path');
      const of = path === null ? otherOf('') : this.read(path, scope);
      return { kind: 'member', of, name: node.child('name')?.text ?? '' };
    }
    const [first = '', ...rest] = localPath(segments, this.context.depth);
    const root = first === 'Self' && this.context.self !== null ? this.context.self : first;
    return rest.reduce<Expression>((of, name) => ({ kind: 'member', of, name }), nameOf(root));
  }

  #call(node: LeanNode, scope: number): Expression {
    const calleeNode = node.child('function');
    const nodes = (node.child('arguments')?.children ?? []).filter(
      (child) => !/comment|attribute/.test(child.type),
    );
    const callee = calleeNode === null ? otherOf('') : this.read(calleeNode, scope);
    if (callee.kind === 'member' && nodes.length <= 1 && TRANSPARENT.test(callee.name)) return callee.of;
    const args = nodes.map((child): Argument => ({ name: null, value: this.read(child, scope) }));
    const [first] = args;
    const holder = callee.kind === 'member' && callee.name === 'new' ? lastOf(callee.of) : lastOf(callee);
    if (first !== undefined && args.length === 1 && HOLDERS.test(holder)) return first.value;
    if (first !== undefined && LAZY.test(holder)) return this.#facts.call(node, null, first.value, []);
    return this.#facts.call(node, calleeNode, callee, args);
  }

  /** A macro's name keeps its `!`, since a function may have the same; `format!` joins, `vec!` lists. */
  #macro(node: LeanNode, scope: number): Expression {
    const [name, tree] = [node.child('macro'), node.childOfType('token_tree')];
    if (name === null || tree === null) return otherOf(node.text);
    const args = this.tokens.arguments(tree);
    const values = args.map((argument) => argument.value);
    if (/^(vec|array)$/.test(name.text)) return { kind: 'list', items: values };
    if (name.text === 'concat') return { kind: 'join', parts: values };
    const [first, ...rest] = values;
    if (name.text === 'format' && first?.kind === 'string') return formatted(first.value, rest);
    const read = this.read(name, scope);
    const callee: Expression =
      read.kind === 'member' ? { ...read, name: `${read.name}!` } : nameOf(`${name.text}!`);
    return this.#facts.call(node, name, callee, args);
  }

  #closure(node: LeanNode, scope: number): number {
    const params = this.parameters(node.child('parameters'));
    const opened = this.#facts.openScope({ kind: 'function', parent: scope, node, params });
    const body = node.child('body');
    if (body !== null) this.#facts.addReturn(opened, this.read(body, opened));
    return opened;
  }

  #struct(node: LeanNode, scope: number): Expression {
    const name = node.child('name');
    const entries = (node.child('body')?.children ?? []).flatMap((child) => {
      const [field, value] = [child.child('field'), child.child('value')];
      if (field !== null && value !== null) return [{ key: field.text, value: this.read(value, scope) }];
      return child.type === 'shorthand_field_initializer'
        ? [{ key: child.text, value: nameOf(child.text) }]
        : [];
    });
    return { kind: 'map', type: name === null ? null : this.type(name), entries };
  }
}

function lastOf(expression: Expression): string {
  return expression.kind === 'name' || expression.kind === 'member' ? expression.name : '';
}

function formatted(text: string, values: readonly Expression[]): Expression {
  const left = [...values];
  const parts = text.split(/(\{\w*(?::[^}]*)?\})/).map((part): Expression => {
    const name = /^\{(\w*)/.exec(part)?.[1];
    if (name === undefined) return stringOf(part);
    return (name === '' ? left.shift() : nameOf(name)) ?? otherOf('');
  });
  return { kind: 'join', parts: [...parts, ...left.map((value) => otherOf('', [value]))] };
}
