import type { FactBuilder } from '../fact-builder.ts';
import type { Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';
import { defineReader } from '../reader.ts';
import { readGoDocs } from './go-docs.ts';
import { GoExpressions } from './go-expressions.ts';

/** Go: functions, methods by their receiver, structs, interfaces, assignments, imports. */
export default defineReader({
  languages: ['go'],
  read(root, facts) {
    const reader = new GoReader(facts);
    let comments: LeanNode[] = [];
    for (const child of root.children) {
      if (child.type === 'comment') comments.push(child);
      else {
        reader.declaration(child, comments);
        comments = [];
      }
    }
  },
});

class GoReader {
  readonly #facts: FactBuilder;
  readonly #expressions: GoExpressions;

  constructor(facts: FactBuilder) {
    this.#facts = facts;
    this.#expressions = new GoExpressions(facts, (node, scope) => {
      for (const child of node.children) this.statement(child, scope);
    });
  }

  /** @param comments those right above it. */
  declaration(node: LeanNode, comments: readonly LeanNode[]): void {
    if (node.type === 'function_declaration') this.#function(node, 0, comments);
    else if (node.type === 'method_declaration') this.#method(node, 0, comments);
    else this.statement(node, 0);
  }

  statement(node: LeanNode, scope: number): void {
    switch (node.type) {
      case 'package_clause':
        this.#facts.package = node.children[0]?.text ?? '';
        break;
      case 'import_spec':
        this.#import(node, scope);
        break;
      case 'function_declaration':
        this.#function(node, scope, []);
        break;
      case 'method_declaration':
        this.#method(node, scope, []);
        break;
      case 'type_spec':
      case 'type_alias':
        this.#type(node, scope);
        break;
      case 'const_spec':
      case 'var_spec':
      case 'short_var_declaration':
      case 'assignment_statement':
      case 'range_clause':
        this.#bind(node, scope);
        break;
      case 'return_statement':
        this.#return(node, scope);
        break;
      default:
        this.#otherStatement(node, scope);
    }
  }

  #otherStatement(node: LeanNode, scope: number): void {
    const opens = /_(statement|declaration|list|clause|case)$|^(block|ERROR)$/;
    if (opens.test(node.type)) for (const child of node.children) this.statement(child, scope);
    else if (node.type !== 'comment') this.#facts.addStatement(scope, this.#expressions.read(node, scope));
  }

  #import(node: LeanNode, scope: number): void {
    const path = node.child('path')?.children[0]?.text ?? '';
    const alias = node.child('name')?.text;
    if (alias === '_' || path === '') return;
    this.#facts.addImport(scope, alias === '.' ? '*' : (alias ?? packageName(path)), path, '*', node);
  }

  #function(node: LeanNode, scope: number, comments: readonly LeanNode[]): void {
    const opened = this.#expressions.functionScope(node, node, scope, null);
    const name = node.child('name')?.text ?? '';
    const decorators = readGoDocs(node, comments);
    this.#facts.addSymbol({ name, kind: 'function', node, inScope: scope, scope: opened, decorators });
  }

  #method(node: LeanNode, scope: number, comments: readonly LeanNode[]): void {
    const receiver = node.child('receiver')?.children[0];
    const self = receiver?.child('name')?.text ?? null;
    const parent = /(\w+)(?:\[[^\]]*\])?$/.exec(receiver?.child('type')?.text ?? '')?.[1] ?? '';
    const opened = this.#expressions.functionScope(node, node, scope, self);
    const name = node.child('name')?.text ?? '';
    const decorators = readGoDocs(node, comments);
    this.#facts.addSymbol({ name, kind: 'method', node, inScope: scope, scope: opened, parent, decorators });
  }

  #type(node: LeanNode, scope: number): void {
    const name = node.child('name')?.text ?? '';
    const type = node.child('type');
    const isInterface = type?.type === 'interface_type';
    const opened = this.#facts.openScope({ kind: 'class', parent: scope, node });
    const fields = type?.type === 'struct_type' ? (type.children[0]?.children ?? []) : [];
    const embedded = fields.filter((field) => field.childrenOf('name').length === 0);
    const bases = embedded.flatMap((field) => {
      const base = field.child('type');
      return base === null ? [] : [this.#expressions.read(base, scope)];
    });
    const kind = isInterface ? 'interface' : 'class';
    this.#facts.addSymbol({ name, kind, node, inScope: scope, scope: opened, bases });
    for (const field of fields) this.#field(field, opened, scope);
    if (!isInterface) return;
    for (const method of type.children) {
      if (method.type !== 'method_elem') continue;
      const inner = this.#expressions.functionScope(method, method, opened, null);
      const methodName = method.child('name')?.text ?? '';
      this.#facts.addSymbol({
        name: methodName,
        kind: 'method',
        node: method,
        inScope: opened,
        scope: inner,
      });
    }
  }

  #field(field: LeanNode, opened: number, scope: number): void {
    const type = field.child('type');
    if (type === null) return;
    const read = this.#expressions.read(type, scope);
    const names = field.childrenOf('name').map((name) => name.text);
    // An embedded field is named after its type.
    const own = names.length > 0 ? names : [/(\w+)$/.exec(type.text)?.[1] ?? ''];
    for (const name of own) {
      this.#facts.addBinding({ scope: opened, name, type: read, value: null, from: scope }, field);
    }
  }

  #bind(node: LeanNode, scope: number): void {
    const left = node.child('left')?.children ?? node.childrenOf('name');
    const right = node.child('right') ?? node.child('value');
    const typeNode = node.child('type');
    const type = typeNode === null ? null : this.#expressions.read(typeNode, scope);
    const sources = right === null ? [] : right.type === 'expression_list' ? right.children : [right];
    const values = sources.map((source) => this.#expressions.read(source, scope));
    left.forEach((target, index) => {
      const spread = left.length > 1 && values.length === 1;
      const source = spread ? values[0] : values[index];
      const value: Expression | null =
        node.type === 'range_clause' && source !== undefined
          ? { kind: 'each', of: source }
          : (source ?? null);
      const isKey = node.type === 'range_clause' && index === 0 && left.length > 1;
      if (target.text === '_' || isKey) return;
      const pick = spread && node.type !== 'range_clause' ? index : null;
      this.#facts.addBinding({ scope, name: target.text, type, value, from: scope }, node, pick);
      if (scope === 0) this.#facts.addSymbol({ name: target.text, kind: 'variable', node, inScope: 0 });
    });
    if (left.every((target) => target.text === '_')) {
      for (const value of values) this.#facts.addStatement(scope, value);
    }
  }

  #return(node: LeanNode, scope: number): void {
    const list = node.children[0];
    if (list === undefined) return;
    const items = list.children.map((child) => this.#expressions.read(child, scope));
    const [first] = items;
    if (items.length === 1 && first !== undefined) this.#facts.addReturn(scope, first);
    else this.#facts.addReturn(scope, { kind: 'list', items });
  }
}

/** Name of a package as code uses it: without a version, and without `go-`. */
function packageName(path: string): string {
  const parts = path.split('/');
  const last = parts.at(-1) ?? '';
  const name = /^v\d+$/.test(last) ? (parts.at(-2) ?? last) : last;
  return name
    .replace(/\.v\d+$/, '')
    .replace(/^go-|[-.]go$/g, '')
    .replaceAll('-', '_');
}
