import type { FactBuilder } from '../fact-builder.ts';
import type { Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';
import { defineReader } from '../reader.ts';
import { ScriptClasses } from './script-classes.ts';
import { ScriptExpressions } from './script-expressions.ts';
import { readExport, readImport, readRequire } from './script-modules.ts';
import { bindPattern } from './script-patterns.ts';

/** JavaScript, TypeScript and TSX: declarations, classes, modules of both kinds. */
export default defineReader({
  languages: ['javascript', 'typescript', 'tsx'],
  read(root, facts) {
    const reader = new ScriptReader(facts);
    for (const child of root.children) reader.statement(child, 0);
  },
});

class ScriptReader {
  readonly #facts: FactBuilder;
  readonly #expressions: ScriptExpressions;
  readonly #classes: ScriptClasses;

  constructor(facts: FactBuilder) {
    this.#facts = facts;
    this.#expressions = new ScriptExpressions(facts, {
      block: (node, scope) => {
        for (const child of node.children) this.statement(child, scope);
      },
      class: (node, scope) => this.#classes.read(node, node, [], scope),
    });
    this.#classes = new ScriptClasses(facts, this.#expressions);
  }

  /** `whole` is what the declaration's lines are counted from, `export` included. */
  statement(node: LeanNode, scope: number, whole: LeanNode = node): void {
    switch (node.type) {
      case 'import_statement':
        readImport(node, scope, this.#facts);
        break;
      case 'export_statement':
        this.#export(node, scope);
        break;
      case 'function_declaration':
      case 'generator_function_declaration':
        this.#function(node, whole, scope);
        break;
      case 'class_declaration':
      case 'abstract_class_declaration':
        this.#classes.read(node, whole, this.#decoratorsOf(whole, node, scope), scope);
        break;
      case 'interface_declaration':
        this.#classes.readInterface(node, whole, scope);
        break;
      case 'enum_declaration':
        this.#enum(node, whole, scope);
        break;
      case 'type_alias_declaration':
        this.#alias(node, whole, scope);
        break;
      case 'lexical_declaration':
      case 'variable_declaration':
        for (const child of node.children) this.#declarator(child, whole, scope);
        break;
      case 'return_statement':
        for (const child of node.children) {
          this.#expressions.giveBack(this.#expressions.read(child, scope), scope);
        }
        break;
      case 'for_in_statement':
        this.#forIn(node, scope);
        break;
      case 'expression_statement':
        for (const child of node.children) this.#expressionStatement(child, scope);
        break;
      default:
        this.#otherStatement(node, scope);
    }
  }

  #otherStatement(node: LeanNode, scope: number): void {
    const opens =
      /_(statement|clause|block|case|default|body|module|declaration|signature)$|^(program|ERROR|module)$/;
    if (opens.test(node.type)) for (const child of node.children) this.statement(child, scope);
    else this.#facts.addStatement(scope, this.#expressions.read(node, scope));
  }

  #decoratorsOf(whole: LeanNode, node: LeanNode, scope: number): Expression[] {
    const nodes = [...whole.children, ...(whole === node ? [] : node.children)];
    return nodes
      .filter((child) => child.type === 'decorator')
      .map((child) => this.#expressions.read(child.children[0] ?? child, scope));
  }

  #export(node: LeanNode, scope: number): void {
    const declaration = node.child('declaration');
    if (declaration !== null) this.statement(declaration, scope, node);
    const value = node.child('value');
    const read = value === null ? null : this.#expressions.read(value, scope);
    if (read !== null) this.#expressions.nameMethods(read, '');
    // `export = x` has its value without a field.
    const assigned = node.text.startsWith('export =') ? (node.children[0] ?? null) : null;
    if (assigned !== null && value === null) {
      this.#facts.addExport('=', this.#expressions.read(assigned, scope));
      return;
    }
    readExport(node, declaration, read, this.#facts);
  }

  #function(node: LeanNode, whole: LeanNode, scope: number): void {
    const opened = this.#expressions.functionScope(node, whole, scope);
    const name = node.child('name')?.text ?? 'default';
    this.#facts.addSymbol({ name, kind: 'function', node: whole, inScope: scope, scope: opened });
  }

  #enum(node: LeanNode, whole: LeanNode, scope: number): void {
    const name = node.child('name')?.text ?? '';
    const opened = this.#facts.openScope({ kind: 'class', parent: scope, node: whole });
    this.#facts.addSymbol({ name, kind: 'class', node: whole, inScope: scope, scope: opened });
    for (const member of node.child('body')?.children ?? []) {
      const value = member.child('value');
      const key = member.child('name');
      if (value === null || key === null) continue;
      const read = this.#expressions.read(value, scope);
      this.#facts.addBinding({ scope: opened, name: key.text, type: null, value: read, from: scope }, member);
    }
  }

  #alias(node: LeanNode, whole: LeanNode, scope: number): void {
    const value = node.child('value');
    const name = node.child('name')?.text ?? '';
    if (value === null) return;
    const read = this.#expressions.type(value, scope);
    this.#facts.addBinding({ scope, name, type: null, value: read, from: scope }, whole);
    if (scope === 0) this.#facts.addSymbol({ name, kind: 'interface', node: whole, inScope: 0 });
  }

  #declarator(node: LeanNode, whole: LeanNode, scope: number): void {
    const target = node.child('name');
    if (node.type !== 'variable_declarator' || target === null) return;
    const valueNode = node.child('value');
    const typeNode = node.child('type');
    if (valueNode !== null && readRequire(target, valueNode, scope, this.#facts)) return;
    const value = valueNode === null ? null : this.#expressions.read(valueNode, scope, whole);
    const type = typeNode === null ? null : this.#expressions.type(typeNode, scope);
    bindPattern(target, value, type, whole, scope, this.#facts);
    if (target.type !== 'identifier') return;
    if (value !== null) this.#expressions.nameMethods(value, target.text);
    if (value?.kind === 'function' && valueNode !== null) {
      const kind = valueNode.type === 'class' ? 'class' : 'function';
      if (kind === 'function') {
        this.#facts.addSymbol({ name: target.text, kind, node: whole, inScope: scope, scope: value.scope });
      }
    } else if (scope === 0) {
      this.#facts.addSymbol({ name: target.text, kind: 'variable', node: whole, inScope: 0 });
    }
  }

  #forIn(node: LeanNode, scope: number): void {
    const [left, right] = [node.child('left'), node.child('right')];
    if (left !== null && right !== null) {
      const value: Expression = { kind: 'each', of: this.#expressions.read(right, scope) };
      bindPattern(left, value, null, node, scope, this.#facts);
    }
    const body = node.child('body');
    if (body !== null) this.statement(body, scope);
  }

  #expressionStatement(node: LeanNode, scope: number): void {
    if (node.type !== 'assignment_expression') {
      const read = this.#expressions.read(node, scope);
      if (read.kind !== 'string') this.#facts.addStatement(scope, read);
      return;
    }
    const [left, right] = [node.child('left'), node.child('right')];
    if (left === null || right === null) return;
    const value = this.#expressions.read(right, scope, node);
    const target = left.text;
    const exported = /^(?:module\.)?exports\.(\w+)$/.exec(target)?.[1];
    this.#expressions.nameMethods(value, exported ?? '');
    if (target === 'module.exports') this.#facts.addExport('=', value);
    else if (exported !== undefined) this.#facts.addExport(exported, value);
    else this.#assign(target, value, node, scope);
    const name = exported ?? /(\w+)$/.exec(target)?.[1];
    if (value.kind === 'function' && name !== undefined && target !== 'module.exports') {
      const parent = /^(\w+)\.prototype\./.exec(target)?.[1] ?? this.#facts.pathOf(scope);
      const kind = parent === '' ? 'function' : 'method';
      this.#facts.addSymbol({ name, kind, node, inScope: scope, scope: value.scope, parent });
    }
  }

  #assign(target: string, value: Expression, node: LeanNode, scope: number): void {
    const [, of = '', field] = /^(\w+)\.#?(\w+)$/.exec(target) ?? [];
    const owner = field === undefined ? null : this.#facts.classAround(scope);
    // `Server.instance = new Server()` within the class sets a field too.
    const isField = owner !== null && (of === 'this' || of === this.#facts.pathOf(owner).split('.').at(-1));
    if (field !== undefined && isField) {
      this.#facts.addBinding({ scope: owner, name: field, type: null, value, from: scope }, node);
    } else {
      this.#facts.addBinding({ scope, name: target, type: null, value, from: scope }, node);
    }
  }
}
