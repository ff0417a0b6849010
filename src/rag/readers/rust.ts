import type { FactBuilder } from '../fact-builder.ts';
import type { Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';
import { defineReader } from '../reader.ts';
import { splitBlock } from './rust-blocks.ts';
import { type DeclarationReaders, readAlias, readConstant, readFields } from './rust-declarations.ts';
import { RustExpressions } from './rust-expressions.ts';
import { readUse } from './rust-imports.ts';
import { bindPattern } from './rust-patterns.ts';
import { listTraits, readGenerics } from './rust-types.ts';

/** Rust: functions, methods by their `impl`, structs, enums, traits, modules, `use`, attributes. */
export default defineReader({
  languages: ['rust'],
  read(root, facts) {
    new RustReader(facts, root).items(root.children, 0);
  },
});

class RustReader {
  readonly #facts: FactBuilder;
  readonly #expressions: RustExpressions;
  readonly #readers: DeclarationReaders;
  readonly #traits: ReadonlyMap<string, readonly LeanNode[]>;

  constructor(facts: FactBuilder, root: LeanNode) {
    this.#facts = facts;
    this.#traits = listTraits(root);
    this.#expressions = new RustExpressions(facts, (node, scope) => this.#block(node, scope));
    this.#readers = { facts, expressions: this.#expressions };
  }

  /** Items and statements in their order; attributes belong to the item that follows. */
  items(nodes: readonly LeanNode[], scope: number): void {
    let attributes: LeanNode[] = [];
    for (const node of nodes) {
      if (node.type.endsWith('comment')) continue;
      if (node.type === 'attribute_item') {
        attributes.push(node);
        continue;
      }
      this.#item(node, attributes, scope);
      attributes = [];
    }
  }

  #item(node: LeanNode, attributes: readonly LeanNode[], scope: number): void {
    switch (node.type) {
      case 'use_declaration':
        readUse(node.child('argument'), [], { scope, depth: this.#expressions.context.depth }, this.#facts);
        break;
      case 'mod_item':
        this.#module(node, attributes, scope);
        break;
      case 'function_item':
      case 'function_signature_item':
        this.#function(node, attributes, scope, null);
        break;
      case 'struct_item':
      case 'enum_item':
      case 'union_item':
      case 'trait_item':
        this.#type(node, attributes, scope);
        break;
      case 'impl_item':
        this.#impl(node, scope);
        break;
      case 'type_item':
        readAlias(node, scope, this.#readers);
        break;
      case 'const_item':
      case 'static_item':
        readConstant(node, scope, this.#readers);
        break;
      default:
        this.#statement(node, scope);
    }
  }

  #statement(node: LeanNode, scope: number): void {
    switch (node.type) {
      case 'let_declaration':
        this.#let(node, scope);
        break;
      case 'expression_statement':
      case 'extern_block':
      case 'foreign_mod_item':
      case 'loop_expression':
      case 'while_expression':
      case 'ERROR':
        this.items(node.children, scope);
        break;
      case 'assignment_expression': {
        const [left, right] = [node.child('left'), node.child('right')];
        if (left === null || right === null) break;
        this.#match(left, this.#expressions.read(right, scope), scope, node);
        break;
      }
      case 'for_expression': {
        const [pattern, value, body] = [node.child('pattern'), node.child('value'), node.child('body')];
        if (pattern === null || value === null) break;
        const each: Expression = { kind: 'each', of: this.#expressions.read(value, scope) };
        this.#match(pattern, each, scope, node);
        if (body !== null) this.items(body.children, scope);
        break;
      }
      case 'block':
        this.items(node.children, scope);
        break;
      default:
        if (!/^(inner_attribute_item|empty_statement|macro_definition|label|lifetime)$/.test(node.type))
          this.#facts.addStatement(scope, this.#expressions.read(node, scope));
    }
  }

  /** Reads the statements of a block; what its last expression gives is returned. */
  #block(node: LeanNode, scope: number): Expression | null {
    const { statements, value } = splitBlock(node);
    this.items(statements, scope);
    return value === null ? null : this.#expressions.read(value, scope);
  }

  /** A module written in place is a symbol with its members; one in a file of its own is found by its path. */
  #module(node: LeanNode, attributes: readonly LeanNode[], scope: number): void {
    const body = node.child('body');
    if (body === null) return;
    const opened = this.#facts.openScope({ kind: 'function', parent: scope, node });
    const name = node.child('name')?.text ?? '';
    const decorators = this.#decorators(attributes);
    this.#facts.addSymbol({ name, kind: 'module', node, inScope: scope, scope: opened, decorators });
    const { context } = this.#expressions;
    this.#expressions.context = { ...context, depth: context.depth + 1 };
    this.items(body.children, opened);
    this.#expressions.context = context;
  }

  #function(node: LeanNode, attributes: readonly LeanNode[], scope: number, owner: string | null): void {
    const { context } = this.#expressions;
    this.#expressions.context = { ...context, generics: readGenerics(node, context.self, context.generics) };
    const parameters = node.child('parameters');
    const self = parameters?.childOfType('self_parameter') === null || parameters === null ? null : 'self';
    const params = this.#expressions.parameters(parameters);
    const result = node.child('return_type');
    const returnType = result === null ? null : this.#expressions.type(result);
    const whole = node.from(attributes[0]?.start ?? node.start);
    const opened = this.#facts.openScope({
      kind: 'function',
      parent: scope,
      node: whole,
      params,
      returnType,
      self,
    });
    const isMember = owner !== null || this.#facts.kindOf(scope) === 'class';
    this.#facts.addSymbol({
      name: node.child('name')?.text ?? '',
      kind: isMember ? 'method' : 'function',
      node: whole,
      inScope: scope,
      scope: opened,
      decorators: this.#decorators(attributes),
      ...(owner === null ? {} : { parent: owner }),
    });
    const body = node.child('body');
    const value = body === null ? null : this.#block(body, opened);
    if (value !== null) this.#facts.addReturn(opened, value);
    this.#expressions.context = context;
  }

  #decorators(attributes: readonly LeanNode[]): Expression[] {
    return attributes.flatMap((attribute) => this.#expressions.tokens.attribute(attribute) ?? []);
  }

  #type(node: LeanNode, attributes: readonly LeanNode[], scope: number): void {
    const name = node.child('name')?.text ?? '';
    const isTrait = node.type === 'trait_item';
    const whole = node.from(attributes[0]?.start ?? node.start);
    const opened = this.#facts.openScope({ kind: 'class', parent: scope, node: whole });
    const supertraits = isTrait ? (node.child('bounds')?.children ?? []) : (this.#traits.get(name) ?? []);
    this.#facts.addSymbol({
      name,
      kind: isTrait ? 'interface' : 'class',
      node: whole,
      inScope: scope,
      scope: opened,
      decorators: this.#decorators(attributes),
      bases: supertraits.map((trait) => this.#expressions.type(trait)),
    });
    const { context } = this.#expressions;
    this.#expressions.context = {
      ...context,
      self: name,
      generics: readGenerics(node, name, context.generics),
    };
    if (isTrait) this.items(node.child('body')?.children ?? [], opened);
    else if (node.type !== 'enum_item') readFields(node.child('body'), opened, scope, this.#readers);
    this.#expressions.context = context;
  }

  #impl(node: LeanNode, scope: number): void {
    const name =
      /(\w+)\s*(?:<[\s\S]*)?$/.exec(node.child('type')?.text.replace(/<[\s\S]*$/, '') ?? '')?.[1] ?? '';
    const around = this.#facts.pathOf(scope);
    const owner = around === '' ? name : `${around}.${name}`;
    const { context } = this.#expressions;
    this.#expressions.context = {
      ...context,
      self: name,
      generics: readGenerics(node, name, context.generics),
    };
    let attributes: LeanNode[] = [];
    for (const child of node.child('body')?.children ?? []) {
      if (child.type === 'attribute_item') attributes.push(child);
      else if (child.type === 'function_item') {
        this.#function(child, attributes, scope, owner);
        attributes = [];
      }
    }
    this.#expressions.context = context;
  }

  #let(node: LeanNode, scope: number): void {
    const [pattern, typeNode, source] = [node.child('pattern'), node.child('type'), node.child('value')];
    const type = typeNode === null ? null : this.#expressions.type(typeNode);
    const value = source === null ? null : this.#expressions.read(source, scope);
    if (pattern?.type === 'identifier' || pattern === null || value === null) {
      const name = pattern?.text ?? '';
      this.#facts.addBinding({ scope, name, type, value, from: scope }, node);
    } else this.#match(pattern, value, scope, node);
    const otherwise = node.child('alternative');
    if (otherwise !== null) this.items(otherwise.children, scope);
  }

  #match(pattern: LeanNode, value: Expression, scope: number, node: LeanNode): void {
    bindPattern(pattern, { value, pick: null, scope, node }, this.#facts);
  }
}
