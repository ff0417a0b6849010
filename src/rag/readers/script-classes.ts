import { nameOf } from '../expressions.ts';
import type { FactBuilder } from '../fact-builder.ts';
import type { Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';
import type { ScriptExpressions } from './script-expressions.ts';

/** `get orders()` is read like a field. */
const GETTER = /^(?:(?:public|private|protected|static|override)\s+)*get\s+[\w$#]/;

/** Reads classes and interfaces with their members. */
export class ScriptClasses {
  readonly #facts: FactBuilder;
  readonly #expressions: ScriptExpressions;

  constructor(facts: FactBuilder, expressions: ScriptExpressions) {
    this.#facts = facts;
    this.#expressions = expressions;
  }

  /** Reads a class and gives its scope. */
  read(node: LeanNode, whole: LeanNode, decorators: readonly Expression[], scope: number): number {
    const opened = this.#facts.openScope({ kind: 'class', parent: scope, node: whole, self: 'this' });
    const bases = (node.childOfType('class_heritage')?.children ?? []).flatMap((clause) =>
      this.#bases(clause, scope),
    );
    const name = node.child('name')?.text ?? 'default';
    this.#facts.addSymbol({
      name,
      kind: 'class',
      node: whole,
      inScope: scope,
      scope: opened,
      decorators,
      bases,
    });
    let pending: LeanNode[] = [];
    for (const member of node.child('body')?.children ?? []) {
      if (member.type === 'decorator') {
        pending.push(member);
        continue;
      }
      this.#member(member, pending, opened);
      pending = [];
    }
    return opened;
  }

  readInterface(node: LeanNode, whole: LeanNode, scope: number): void {
    const opened = this.#facts.openScope({ kind: 'class', parent: scope, node: whole, self: 'this' });
    const bases = node.childOfType('extends_type_clause')?.children ?? [];
    this.#facts.addSymbol({
      name: node.child('name')?.text ?? '',
      kind: 'interface',
      node: whole,
      inScope: scope,
      scope: opened,
      bases: bases.map((base) => this.#expressions.type(base, scope)),
    });
    for (const member of node.child('body')?.children ?? []) {
      if (member.type === 'method_signature') this.#signature(member, opened);
      if (member.type === 'property_signature') this.#field(member, opened);
    }
  }

  #bases(clause: LeanNode, scope: number): Expression[] {
    // In JavaScript the superclass stands in the heritage itself.
    if (!clause.type.endsWith('_clause')) return [this.#expressions.read(clause, scope)];
    return clause.children
      .filter((base) => base.type !== 'type_arguments')
      .map((base) =>
        clause.type === 'extends_clause'
          ? this.#expressions.read(base, scope)
          : this.#expressions.type(base, scope),
      );
  }

  #member(member: LeanNode, pending: readonly LeanNode[], scope: number): void {
    if (member.type === 'method_definition') this.#method(member, pending, scope);
    else if (/field_definition$/.test(member.type)) this.#field(member, scope);
    else if (/signature$/.test(member.type)) this.#signature(member, scope);
  }

  #method(member: LeanNode, pending: readonly LeanNode[], scope: number): void {
    const decorators = [...pending, ...member.children.filter((child) => child.type === 'decorator')];
    const first = decorators[0] ?? member;
    const whole = first.start < member.start ? member.from(first.start) : member;
    const opened = this.#expressions.functionScope(member, whole, scope);
    const name = memberName(member);
    this.#facts.addSymbol({
      name,
      kind: 'method',
      node: whole,
      inScope: scope,
      scope: opened,
      decorators: [
        ...decorators.map((node) => this.#expressions.read(node.children[0] ?? node, scope)),
        ...(GETTER.test(member.text) ? [nameOf('property')] : []),
      ],
    });
    if (name === 'constructor') this.#parameterProperties(member, opened, scope);
  }

  /** `constructor(private readonly orders: OrderService)` makes fields. */
  #parameterProperties(member: LeanNode, from: number, scope: number): void {
    for (const param of member.child('parameters')?.children ?? []) {
      const isField =
        param.childOfType('accessibility_modifier') !== null || /^(?:@\S+\s+)?readonly\b/.test(param.text);
      const name = param.child('pattern')?.text;
      const type = param.child('type');
      if (!isField || name === undefined || type === null) continue;
      const read = this.#expressions.type(type, scope);
      this.#facts.addBinding({ scope, name, type: read, value: null, from }, param);
    }
  }

  #field(member: LeanNode, scope: number): void {
    const value = member.child('value');
    const type = member.child('type');
    const name = memberName(member);
    const read = value === null ? null : this.#expressions.read(value, scope, member);
    const readType = type === null ? null : this.#expressions.type(type, scope);
    this.#facts.addBinding({ scope, name, type: readType, value: read, from: scope }, member);
    if (read?.kind !== 'function') return;
    this.#facts.addSymbol({ name, kind: 'method', node: member, inScope: scope, scope: read.scope });
  }

  #signature(member: LeanNode, scope: number): void {
    const opened = this.#expressions.functionScope(member, member, scope);
    const name = memberName(member);
    const decorators = member.type.startsWith('abstract') ? [nameOf('abstract')] : [];
    this.#facts.addSymbol({ name, kind: 'method', node: member, inScope: scope, scope: opened, decorators });
  }
}

function memberName(member: LeanNode): string {
  return ((member.child('name') ?? member.child('property'))?.text ?? '').replace(/^#|^['"]|['"]$/g, '');
}
