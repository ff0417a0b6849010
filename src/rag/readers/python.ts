import type { FactBuilder } from '../fact-builder.ts';
import type { Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';
import { defineReader } from '../reader.ts';
import { PythonExpressions } from './python-expressions.ts';

/** Python: functions, classes, assignments, `with` and `for` targets, imports. */
export default defineReader({
  languages: ['python'],
  read(root, facts) {
    const reader = new PythonReader(facts);
    for (const child of root.children) reader.statement(child, 0);
  },
});

class PythonReader {
  readonly #facts: FactBuilder;
  readonly #expressions: PythonExpressions;

  constructor(facts: FactBuilder) {
    this.#facts = facts;
    this.#expressions = new PythonExpressions(facts);
  }

  statement(node: LeanNode, scope: number): void {
    switch (node.type) {
      case 'decorated_definition':
        this.#decorated(node, scope);
        break;
      case 'function_definition':
        this.#function(node, node, [], scope);
        break;
      case 'class_definition':
        this.#class(node, node, [], scope);
        break;
      case 'import_statement':
        this.#import(node, scope);
        break;
      case 'import_from_statement':
        this.#importFrom(node, scope);
        break;
      case 'return_statement':
        for (const child of node.children) this.#facts.addReturn(scope, this.#expressions.read(child, scope));
        break;
      case 'for_statement':
        this.#for(node, scope);
        break;
      case 'type_alias_statement':
        this.#bind(node.child('left'), this.#typeAlias(node, scope), null, node, scope);
        break;
      case 'expression_statement':
      case 'assignment':
      case 'augmented_assignment':
        this.#expressionStatement(node, scope);
        break;
      case 'with_item':
        this.#withItem(node, scope);
        break;
      default:
        this.#otherStatement(node, scope);
        break;
    }
  }

  /** Blocks and clauses are opened; what is an expression is kept for its calls. */
  #otherStatement(node: LeanNode, scope: number): void {
    if (!/_(statement|clause|block)$|^(block|module|ERROR|case_clause)$/.test(node.type)) {
      this.#keep(this.#expressions.read(node, scope), scope);
      return;
    }
    for (const child of node.children) this.statement(child, scope);
  }

  #keep(value: Expression, scope: number): void {
    if (value.kind !== 'string' && value.kind !== 'name') this.#facts.addStatement(scope, value);
  }

  #decorated(node: LeanNode, scope: number): void {
    const decorators = node.children
      .filter((child) => child.type === 'decorator')
      .map((child) => this.#expressions.first(child, scope));
    const definition = node.child('definition');
    if (definition?.type === 'class_definition') this.#class(definition, node, decorators, scope);
    else if (definition !== null) this.#function(definition, node, decorators, scope);
  }

  #function(node: LeanNode, whole: LeanNode, decorators: readonly Expression[], scope: number): void {
    const name = node.child('name')?.text ?? '';
    const isMethod = this.#facts.kindOf(scope) === 'class';
    const params = (node.child('parameters')?.children ?? []).flatMap((child) =>
      this.#expressions.parameter(child, scope),
    );
    const returns = node.child('return_type');
    const isStatic = decorators.some((d) => d.kind === 'name' && d.name === 'staticmethod');
    const opened = this.#facts.openScope({
      kind: 'function',
      parent: scope,
      node: whole,
      params,
      returnType: returns === null ? null : this.#expressions.type(returns, scope),
      self: isMethod && !isStatic ? (params[0]?.name ?? null) : null,
    });
    const kind = isMethod ? 'method' : 'function';
    this.#facts.addSymbol({ name, kind, node: whole, inScope: scope, scope: opened, decorators });
    for (const child of node.child('body')?.children ?? []) this.statement(child, opened);
  }

  #class(node: LeanNode, whole: LeanNode, decorators: readonly Expression[], scope: number): void {
    const bases = (node.child('superclasses')?.children ?? [])
      .filter((child) => child.type !== 'keyword_argument')
      .map((child) => this.#expressions.read(child, scope));
    const opened = this.#facts.openScope({ kind: 'class', parent: scope, node: whole });
    const name = node.child('name')?.text ?? '';
    this.#facts.addSymbol({
      name,
      kind: 'class',
      node: whole,
      inScope: scope,
      scope: opened,
      decorators,
      bases,
    });
    for (const child of node.child('body')?.children ?? []) this.statement(child, opened);
  }

  #import(node: LeanNode, scope: number): void {
    for (const child of node.childrenOf('name')) {
      const alias = child.child('alias');
      const module = (alias === null ? child : (child.child('name') ?? child)).text;
      // `import a.b` binds `a`; `a.b.c` is then found member by member.
      const local = alias?.text ?? module.split('.')[0] ?? module;
      this.#facts.addImport(scope, local, alias === null ? local : module, '*', node);
    }
  }

  #importFrom(node: LeanNode, scope: number): void {
    const module = node.child('module_name')?.text ?? '';
    if (node.childOfType('wildcard_import') !== null) this.#facts.addImport(scope, '*', module, '*', node);
    for (const child of node.childrenOf('name')) {
      const name = (child.child('name') ?? child).text;
      this.#facts.addImport(scope, child.child('alias')?.text ?? name, module, name, node);
    }
  }

  #for(node: LeanNode, scope: number): void {
    const of = node.child('right');
    if (of !== null) {
      this.#bind(
        node.child('left'),
        { kind: 'each', of: this.#expressions.read(of, scope) },
        null,
        node,
        scope,
      );
    }
    for (const child of node.children) if (child.type === 'block') this.statement(child, scope);
  }

  #withItem(node: LeanNode, scope: number): void {
    const value = node.child('value');
    const alias = value?.child('alias')?.children[0] ?? null;
    const opened = alias === null ? value : (value?.children[0] ?? null);
    if (opened === null) return;
    const read = this.#expressions.read(opened, scope);
    if (alias === null) this.#keep(read, scope);
    else this.#bind(alias, read, null, node, scope);
  }

  #expressionStatement(node: LeanNode, scope: number): void {
    const inner = node.type === 'expression_statement' ? node.children[0] : node;
    if (inner === undefined) return;
    if (inner.type !== 'assignment' && inner.type !== 'augmented_assignment') {
      for (const child of node.children) this.#keep(this.#expressions.read(child, scope), scope);
      return;
    }
    const right = inner.child('right');
    const type = inner.child('type');
    if (right?.type === 'assignment') this.#expressionStatement(right, scope);
    const source = right?.type === 'assignment' ? right.child('right') : right;
    const value = source === null ? null : this.#expressions.read(source, scope);
    this.#bind(
      inner.child('left'),
      value,
      type === null ? null : this.#expressions.type(type, scope),
      inner,
      scope,
    );
  }

  #bind(
    target: LeanNode | null,
    value: Expression | null,
    type: Expression | null,
    node: LeanNode,
    scope: number,
  ): void {
    if (target === null) return;
    if (/^(pattern_list|tuple_pattern|list_pattern)$/.test(target.type)) {
      target.children.forEach((child, index) => {
        if (child.type === 'identifier') {
          this.#facts.addBinding({ scope, name: child.text, type: null, value, from: scope }, node, index);
        }
      });
      return;
    }
    const self = /^self\.(\w+)$/.exec(target.text)?.[1];
    const owner = self === undefined ? null : this.#facts.classAround(scope);
    if (self !== undefined && owner !== null) {
      this.#facts.addBinding({ scope: owner, name: self, type, value, from: scope }, node);
    } else if (/^\w+$/.test(target.text)) {
      this.#facts.addBinding({ scope, name: target.text, type, value, from: scope }, node);
      if (scope === 0) this.#facts.addSymbol({ name: target.text, kind: 'variable', node, inScope: 0 });
    } else if (value !== null) {
      this.#facts.addBinding({ scope, name: target.text, type, value, from: scope }, node);
    }
  }

  #typeAlias(node: LeanNode, scope: number): Expression | null {
    const right = node.child('right');
    return right === null ? null : this.#expressions.type(right, scope);
  }
}
