import { nameOf, stringOf } from '../expressions.ts';
import type { FactBuilder } from '../fact-builder.ts';
import type { Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';
import { defineReader } from '../reader.ts';
import { readDocAnnotations } from './php-annotations.ts';
import { PhpExpressions } from './php-expressions.ts';
import { PhpNames } from './php-names.ts';

const CLASSES = /^(class|trait|interface|enum)_declaration$/;
/** Nodes that hold statements and open nothing. */
const CONTAINERS =
  /_(statement|clause|block)$|^(program|ERROR|declaration_list|enum_declaration_list|switch_block|colon_block|finally_clause)$/;

/** PHP: classes, traits, interfaces and enums with attributes, promoted parameters, functions, closures, `use`. */
export default defineReader({
  languages: ['php'],
  read(root, facts) {
    const reader = new PhpReader(facts);
    for (const child of root.children) reader.statement(child, 0);
  },
});

class PhpReader {
  readonly #facts: FactBuilder;
  readonly #names = new PhpNames();
  readonly #expressions: PhpExpressions;

  constructor(facts: FactBuilder) {
    this.#facts = facts;
    this.#expressions = new PhpExpressions(facts, this.#names, {
      statement: (node, scope) => this.statement(node, scope),
      assign: (node, scope) => this.#assign(node, scope),
      anonymousClass: (node, scope) => this.#class(node, scope, 'class@anonymous'),
    });
  }

  statement(node: LeanNode, scope: number): void {
    const { type } = node;
    if (CLASSES.test(type)) {
      this.#class(node, scope, node.child('name')?.text ?? '');
      return;
    }
    switch (type) {
      case 'comment':
      case 'use_declaration':
        break;
      case 'namespace_definition':
        this.#namespace(node, scope);
        break;
      case 'namespace_use_declaration':
        for (const { local, name } of this.#names.readUse(node))
          this.#facts.addImport(scope, local, name, '*', node);
        break;
      case 'function_definition':
      case 'method_declaration':
        this.#function(node, scope);
        break;
      case 'property_declaration':
        this.#properties(node, scope);
        break;
      case 'const_declaration':
        this.#constants(node, scope);
        break;
      case 'return_statement':
        for (const child of node.children) this.#facts.addReturn(scope, this.#expressions.read(child, scope));
        break;
      case 'foreach_statement':
        this.#foreach(node, scope);
        break;
      default:
        if (CONTAINERS.test(type) || type === 'compound_statement') {
          for (const child of node.children) this.statement(child, scope);
        } else this.#keep(this.#expressions.read(node, scope), scope);
    }
  }

  #keep(value: Expression, scope: number): void {
    if (value.kind !== 'string' && value.kind !== 'name') this.#facts.addStatement(scope, value);
  }

  #namespace(node: LeanNode, scope: number): void {
    this.#names.namespace = node.child('name')?.text ?? '';
    this.#facts.package = this.#names.namespace;
    for (const child of node.child('body')?.children ?? []) this.statement(child, scope);
  }

  #class(node: LeanNode, scope: number, name: string): number {
    const outer = this.#names.parent;
    const body = node.child('body') ?? node.childOfType('declaration_list');
    const extended = node.childOfType('base_clause')?.children ?? [];
    const traits = (body?.children ?? []).filter((child) => child.type === 'use_declaration');
    const named = [
      ...extended,
      ...(node.childOfType('class_interface_clause')?.children ?? []),
      ...traits.flatMap((child) => child.children),
    ].filter((child) => child.type === 'name' || child.type === 'qualified_name');
    const bases = named.map((child) => this.#expressions.read(child, scope));
    const opened = this.#facts.openScope({ kind: 'class', parent: scope, node, self: '$this' });
    this.#facts.addSymbol({
      name,
      kind: node.type === 'interface_declaration' ? 'interface' : 'class',
      node,
      inScope: scope,
      scope: opened,
      decorators: [...this.#attributes(node, scope), ...this.#annotations(node)],
      bases,
    });
    this.#names.parent = extended[0] === undefined ? null : this.#names.classOf(extended[0].text);
    for (const child of body?.children ?? []) this.statement(child, opened);
    this.#names.parent = outer;
    return opened;
  }

  #function(node: LeanNode, scope: number): void {
    const opened = this.#facts.openScope({ kind: 'function', parent: scope, node });
    const isMember = this.#facts.kindOf(scope) === 'class';
    const returns = node.child('return_type');
    const type = returns === null ? null : this.#expressions.type(returns);
    this.#facts.setParams(opened, this.#expressions.parameters(node, opened), type);
    this.#facts.addSymbol({
      name: node.child('name')?.text ?? '',
      kind: isMember ? 'method' : 'function',
      node,
      inScope: scope,
      scope: opened,
      decorators: [...this.#attributes(node, scope), ...this.#annotations(node)],
    });
    // A promoted parameter is a property of the same type.
    for (const child of node.child('parameters')?.children ?? []) {
      const name = child.type === 'property_promotion_parameter' ? child.child('name') : null;
      const given = child.child('type');
      if (name === null) continue;
      const promoted = given === null ? null : this.#expressions.type(given);
      const binding = { scope, name: name.text.slice(1), type: promoted, value: null, from: scope };
      this.#facts.addBinding(binding, child);
    }
    for (const child of node.child('body')?.children ?? []) this.statement(child, opened);
  }

  #attributes(node: LeanNode, scope: number): Expression[] {
    const groups = node.child('attributes')?.children ?? [];
    return groups
      .flatMap((group) => group.children)
      .map((attribute) => {
        const written = attribute.childOfType('name', 'qualified_name')?.text ?? '';
        const callee = nameOf(written.slice(written.lastIndexOf('\\') + 1));
        const list = attribute.child('parameters');
        if (list === null) return callee;
        return this.#facts.call(attribute, null, callee, this.#expressions.args(list, scope));
      });
  }

  /** `@Route("/x")` and `@OA\Get(operationId="readOrder")` of the comment right above a method or a class. */
  #annotations(node: LeanNode): Expression[] {
    const siblings = node.parent?.children ?? [];
    const above = siblings[siblings.indexOf(node) - 1];
    const text = above?.type === 'comment' ? above.text : '';
    const id = /\boperationId\s*=\s*"([^"\s]+)"/.exec(text)?.[1];
    const documented = id === undefined ? [] : [{ name: 'operationId', value: stringOf(id) }];
    return [
      ...documented.map((argument) => this.#facts.call(node, null, nameOf('Operation'), [argument])),
      ...readDocAnnotations(text).map(({ name, args }) => this.#facts.call(node, null, nameOf(name), args)),
    ];
  }

  #properties(node: LeanNode, scope: number): void {
    const written = node.child('type');
    const type = written === null ? null : this.#expressions.type(written);
    for (const element of node.children) {
      const name =
        element.type === 'property_element' ? (element.child('name') ?? element.children[0]) : null;
      if (name === null || name === undefined) continue;
      const given = element.child('default_value');
      const value = given === null || given.type === 'null' ? null : this.#expressions.read(given, scope);
      this.#facts.addBinding({ scope, name: name.text.slice(1), type, value, from: scope }, element);
    }
  }

  #constants(node: LeanNode, scope: number): void {
    for (const element of node.children) {
      const [name, given] = element.type === 'const_element' ? element.children : [];
      if (name === undefined || given === undefined) continue;
      const value = this.#expressions.read(given, scope);
      this.#facts.addBinding({ scope, name: name.text, type: null, value, from: scope }, element);
      if (scope === 0)
        this.#facts.addSymbol({ name: name.text, kind: 'variable', node: element, inScope: 0 });
    }
  }

  #foreach(node: LeanNode, scope: number): void {
    const [list, item] = node.children;
    const body = node.child('body');
    if (list !== undefined && item !== undefined && item !== body) {
      const of = this.#expressions.read(list, scope);
      const target = item.type === 'pair' ? item.children.at(-1) : item;
      const value: Expression = { kind: 'each', of };
      if (target?.type === 'variable_name') {
        this.#facts.addBinding({ scope, name: target.text, type: null, value, from: scope }, node);
      } else if (target?.type === 'list_literal') {
        target.children.forEach((child, index) => {
          if (child.type !== 'variable_name') return;
          const binding = { scope, name: child.text, type: null, value, from: scope };
          this.#facts.addBinding(binding, node, index);
        });
      } else this.#keep(of, scope);
    }
    if (body !== null) this.statement(body, scope);
  }

  /** Binds what is assigned and gives it. */
  #assign(node: LeanNode, scope: number): Expression {
    const [left, right] = [node.child('left'), node.child('right')];
    const value = right === null ? null : this.#expressions.read(right, scope);
    if (left === null || value === null) return nameOf('null');
    const isOwn = left.type === 'member_access_expression' && left.child('object')?.text === '$this';
    const owner =
      isOwn || left.type === 'scoped_property_access_expression' ? this.#facts.classAround(scope) : null;
    if (owner !== null) {
      const name = left.child('name')?.text.replace(/^\$/, '') ?? '';
      this.#facts.addBinding({ scope: owner, name, type: null, value, from: scope }, node);
    } else if (left.type === 'list_literal') {
      left.children.forEach((child, index) => {
        if (child.type !== 'variable_name') return;
        this.#facts.addBinding({ scope, name: child.text, type: null, value, from: scope }, node, index);
      });
    } else {
      this.#facts.addBinding({ scope, name: left.text, type: null, value, from: scope }, node);
    }
    return value;
  }
}
