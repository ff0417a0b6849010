import { INITIALIZER, nameOf, otherOf } from '../expressions.ts';
import type { FactBuilder } from '../fact-builder.ts';
import type { Argument, Expression, Parameter } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';
import type { SplitCall, TypedSyntax } from './typed-syntax.ts';

/** Reads the facts of a language of classes with typed members. */
export class TypedReader {
  readonly #facts: FactBuilder;
  readonly #syntax: TypedSyntax;
  readonly #constructors = new Set<number>();

  constructor(facts: FactBuilder, syntax: TypedSyntax) {
    this.#facts = facts;
    this.#syntax = syntax;
  }

  statement(node: LeanNode, scope: number): void {
    const { type } = node;
    const syntax = this.#syntax;
    if (type.endsWith('comment')) return;
    const isHead = syntax.readHead(node, {
      import: (local, module, name) => this.#facts.addImport(scope, local, module, name, node),
      package: (name) => {
        this.#facts.package = name;
      },
    });
    if (isHead) return;
    if (syntax.classes.test(type) || syntax.interfaces.test(type)) this.#class(node, scope);
    else if (syntax.methods.test(type)) this.#method(node, scope);
    else if (syntax.fields.test(type) || syntax.locals.test(type)) this.#declare(node, scope);
    else if (type === 'return_statement' || type === 'arrow_expression_clause') this.#return(node, scope);
    else if (type === 'assignment_expression' && this.#constructors.has(scope)) this.#assign(node, scope);
    else if (syntax.containers.test(type)) for (const child of node.children) this.statement(child, scope);
    else this.#keep(node, scope);
  }

  expression(node: LeanNode, scope: number): Expression {
    const own = this.#syntax.readOwn(node, (inner) => this.expression(inner, scope));
    if (own !== null) return own;
    if (this.#syntax.lambdas.test(node.type)) return this.#lambda(node, scope);
    const call = this.#syntax.splitCall(node);
    if (call !== null) return this.#call(node, call, scope);
    if (node.type === 'identifier' || node.type === 'type_identifier') return nameOf(node.text);
    if (node.type === 'this' || node.type === 'super') return nameOf(node.type);
    const items = node.children.map((child) => this.expression(child, scope));
    const [only] = items;
    const isWrapper = /^(parenthesized_expression|await_expression|argument|expression_statement)$/.test(
      node.type,
    );
    return isWrapper && only !== undefined ? only : otherOf(node.text, items);
  }

  #call(node: LeanNode, call: SplitCall, scope: number): Expression {
    const name = call.name.text;
    if (call.typed !== undefined) this.#facts.addStatement(scope, this.expression(call.typed, scope));
    // C#'s `base` is no node of its own.
    const isBase = call.of === null && /^base\s*\./.test(node.text);
    const of = call.of === null ? (isBase ? nameOf('super') : null) : this.expression(call.of, scope);
    const callee: Expression =
      of === null
        ? this.expression(call.name, scope)
        : { kind: 'member', of, name: name.replace(/<.*$/s, '') };
    const fields = call.fields === undefined ? [] : [this.#fieldsOf(call.fields, scope)];
    return this.#facts.call(node, call.name, callee, [...this.#args(call.args, scope), ...fields]);
  }

  #args(nodes: readonly LeanNode[], scope: number): Argument[] {
    return nodes.map((node) => {
      const key = node.child('key') ?? node.child('left') ?? node.child('name');
      const isNamed = key !== null && /pair|assignment|attribute_argument|^argument$/.test(node.type);
      const given = node.child('value') ?? node.child('right') ?? node.children.at(-1);
      const value = isNamed ? (given ?? node) : node;
      return { name: isNamed ? key.text : null, value: this.expression(value, scope) };
    });
  }

  /** `{ Timeout = t }` after what a constructor is given. */
  #fieldsOf(node: LeanNode, scope: number): Argument {
    const entries = node.children.map((child) => {
      const value = child.child('right') ?? child;
      return { key: child.child('left')?.text ?? '', value: this.expression(value, scope) };
    });
    return { name: INITIALIZER, value: { kind: 'map', type: null, entries } };
  }

  #class(node: LeanNode, scope: number): void {
    const opened = this.#facts.openScope({ kind: 'class', parent: scope, node, self: 'this' });
    this.#facts.addSymbol({
      name: node.child('name')?.text ?? '',
      kind: this.#syntax.interfaces.test(node.type) ? 'interface' : 'class',
      node,
      inScope: scope,
      scope: opened,
      decorators: this.#decorators(node, scope),
      bases: this.#syntax.listBases(node).map((base) => this.expression(base, scope)),
    });
    // Parameters of a record or of a primary constructor are fields.
    for (const parameter of this.#syntax.listParameters(node)) this.#declareParameter(parameter, opened);
    for (const member of node.child('body')?.children ?? []) this.statement(member, opened);
  }

  #declareParameter(parameter: LeanNode, scope: number): void {
    const [name, type] = [parameter.child('name'), parameter.child('type')];
    if (name === null || type === null) return;
    const read = this.expression(type, scope);
    this.#facts.addBinding({ scope, name: name.text, type: read, value: null, from: scope }, parameter);
  }

  #method(node: LeanNode, scope: number): void {
    const opened = this.#function(node, scope, node);
    const isMember = this.#facts.kindOf(scope) === 'class';
    const isAbstract = isMember && node.child('body') === null;
    this.#facts.addSymbol({
      name: node.type.startsWith('constructor') ? 'constructor' : (node.child('name')?.text ?? ''),
      kind: isMember ? 'method' : 'function',
      node,
      inScope: scope,
      scope: opened,
      decorators: [...this.#decorators(node, scope), ...(isAbstract ? [nameOf('abstract')] : [])],
    });
  }

  #lambda(node: LeanNode, scope: number): Expression {
    return { kind: 'function', scope: this.#function(node, scope, node) };
  }

  #function(node: LeanNode, scope: number, whole: LeanNode): number {
    const result = node.child(this.#syntax.returnField);
    const opened = this.#facts.openScope({ kind: 'function', parent: scope, node: whole });
    const params = this.#syntax.listParameters(node).map((parameter) => this.#parameter(parameter, opened));
    this.#facts.setParams(opened, params, result === null ? null : this.expression(result, scope));
    const body = node.child('body');
    if (whole.type.startsWith('constructor')) this.#constructors.add(opened);
    const passed = node.childOfType('constructor_initializer')?.children[0];
    if (passed !== undefined) {
      const args = this.#args(passed.children, opened);
      this.#facts.addStatement(opened, this.#facts.call(passed, null, nameOf('base'), args));
    }
    if (body === null) return opened;
    if (/block|body$/.test(body.type)) for (const child of body.children) this.statement(child, opened);
    else if (body.type === 'arrow_expression_clause') this.#return(body, opened);
    else this.#facts.addReturn(opened, this.expression(body, opened));
    return opened;
  }

  #parameter(node: LeanNode, scope: number): Parameter {
    const type = node.child('type');
    const isExtended = node.children.some((child) => child.type === 'modifier' && child.text === 'this');
    const value = node.children.find((child) => child.field === null && child.type.endsWith('_literal'));
    return {
      name: (node.child('name') ?? node).text,
      type: type === null ? null : this.expression(type, scope),
      value: value === undefined ? null : this.expression(value, scope),
      decorators: isExtended ? [nameOf('this')] : this.#decorators(node, scope),
    };
  }

  #decorators(node: LeanNode, scope: number): Expression[] {
    return this.#syntax.listDecorators(node).map((decorator) => {
      const name = decorator.child('name') ?? decorator.children[0] ?? decorator;
      const callee = nameOf(/(\w+)$/.exec(name.text)?.[1] ?? name.text);
      const list = decorator.child('arguments') ?? decorator.childOfType('attribute_argument_list');
      if (list === null) return callee;
      const args = list.children.map((child) =>
        child.type === 'attribute_argument' ? (child.children.at(-1) ?? child) : child,
      );
      return this.#facts.call(decorator, null, callee, this.#args(args, scope));
    });
  }

  #declare(node: LeanNode, scope: number): void {
    for (const { name, type, value } of this.#syntax.listDeclared(node)) {
      const isInferred = type === null || /^(var|implicit_type)$/.test(type.type) || type.text === 'var';
      const readType = isInferred ? null : this.expression(type, scope);
      const readValue = value === null ? null : this.expression(value, scope);
      this.#facts.addBinding({ scope, name: name.text, type: readType, value: readValue, from: scope }, node);
    }
  }

  /** `Template = $"api/{resource}"` of a constructor. */
  #assign(node: LeanNode, scope: number): void {
    const [left, right] = [node.child('left'), node.child('right')];
    if (left?.type !== 'identifier' || right === null) {
      this.#keep(node, scope);
      return;
    }
    const value = this.expression(right, scope);
    this.#facts.addBinding({ scope, name: left.text, type: null, value, from: scope }, node);
  }

  #return(node: LeanNode, scope: number): void {
    for (const child of node.children) this.#facts.addReturn(scope, this.expression(child, scope));
  }

  #keep(node: LeanNode, scope: number): void {
    const read = this.expression(node, scope);
    if (read.kind === 'call' || read.kind === 'other') this.#facts.addStatement(scope, read);
  }
}
