import { nameOf, otherOf, stringOf } from '../expressions.ts';
import type { FactBuilder } from '../fact-builder.ts';
import type { Argument, Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';
import { defineReader } from '../reader.ts';

const CLASSES =
  /^(class|module|class_declaration|struct_item|enum_item|union_item|enum_declaration|interface_declaration|trait_declaration|trait_item)$/;
const INTERFACES = /^(interface_declaration|trait_item)$/;
const FUNCTIONS =
  /^(method|singleton_method|function_item|function_signature_item|function_definition|method_declaration)$/;
const CALLS =
  /^(call|call_expression|method_call_expression|function_call_expression|member_call_expression|nullsafe_member_call_expression|scoped_call_expression|object_creation_expression|macro_invocation)$/;
const STRINGS = /^(string|string_literal|encapsed_string|raw_string_literal)$/;

/** Rust: symbols with their classes, and calls by name. */
export default defineReader({
  languages: ['rust'],
  read(root, facts) {
    const reader = new OutlineReader(facts);
    for (const child of root.children) reader.statement(child, 0, null);
  },
});

class OutlineReader {
  readonly #facts: FactBuilder;

  constructor(facts: FactBuilder) {
    this.#facts = facts;
  }

  /** `owner` is the type of Rust's `impl`, whose methods stand beside it. */
  statement(node: LeanNode, scope: number, owner: string | null): void {
    if (node.type.endsWith('comment')) return;
    if (CLASSES.test(node.type) && node.child('name') !== null) this.#class(node, scope);
    else if (node.type === 'impl_item') this.#impl(node, scope);
    else if (FUNCTIONS.test(node.type)) this.#function(node, scope, owner);
    else if (CALLS.test(node.type)) this.#facts.addStatement(scope, this.#expression(node, scope));
    else for (const child of node.children) this.statement(child, scope, owner);
  }

  #class(node: LeanNode, scope: number): void {
    const opened = this.#facts.openScope({ kind: 'class', parent: scope, node, self: 'self' });
    const base = node.child('superclass')?.children[0];
    const clauses = node.children.filter((child) => /base_clause|class_interface_clause/.test(child.type));
    const bases = [...(base === undefined ? [] : [base]), ...clauses.flatMap((clause) => clause.children)];
    this.#facts.addSymbol({
      name: lastPart(node.child('name')?.text ?? ''),
      kind: INTERFACES.test(node.type) ? 'interface' : 'class',
      node,
      inScope: scope,
      scope: opened,
      bases: bases.map((child) => nameOf(lastPart(child.text))),
    });
    for (const child of node.child('body')?.children ?? []) this.statement(child, opened, null);
  }

  #impl(node: LeanNode, scope: number): void {
    const owner = /^\w+/.exec(lastPart(node.child('type')?.text ?? ''))?.[0] ?? null;
    for (const child of node.child('body')?.children ?? []) this.statement(child, scope, owner);
  }

  #function(node: LeanNode, scope: number, owner: string | null): void {
    const isMember = owner !== null || this.#facts.kindOf(scope) === 'class';
    const opened = this.#facts.openScope({
      kind: 'function',
      parent: scope,
      node,
      self: owner === null ? null : 'self',
    });
    const symbol = {
      name: node.child('name')?.text ?? '',
      kind: isMember ? ('method' as const) : ('function' as const),
      node,
      inScope: scope,
      scope: opened,
    };
    this.#facts.addSymbol(owner === null ? symbol : { ...symbol, parent: owner });
    for (const child of node.child('body')?.children ?? []) this.statement(child, opened, null);
  }

  #expression(node: LeanNode, scope: number): Expression {
    if (CALLS.test(node.type)) return this.#call(node, scope);
    if (STRINGS.test(node.type)) return stringOf(node.text.replace(/^['"]|['"]$/g, ''));
    if (FUNCTIONS.test(node.type) || CLASSES.test(node.type)) {
      this.statement(node, scope, null);
      return otherOf('');
    }
    const isName = /^(identifier|constant|name|variable_name|self|type_identifier)$/.test(node.type);
    if (isName) return nameOf(node.text.replace(/^\$this$/, 'self').replace(/^\$/, ''));
    const of = node.child('value') ?? node.child('object') ?? node.child('path') ?? node.child('scope');
    const name = node.child('field') ?? node.child('name');
    if (of !== null && name !== null)
      return { kind: 'member', of: this.#expression(of, scope), name: name.text };
    return otherOf(
      node.text,
      node.children.map((child) => this.#expression(child, scope)),
    );
  }

  #call(node: LeanNode, scope: number): Expression {
    const receiver = node.child('receiver') ?? node.child('object') ?? node.child('scope');
    const named = node.child('method') ?? node.child('name');
    const calleeNode = node.child('function') ?? node.child('macro') ?? node.children[0] ?? null;
    const callee: Expression =
      receiver !== null && named !== null
        ? { kind: 'member', of: this.#expression(receiver, scope), name: named.text }
        : this.#expression(named ?? calleeNode ?? node, scope);
    const list = node.child('arguments') ?? node.childOfType('arguments');
    const nodes = [...(list?.children ?? []), ...node.childrenOf('block')];
    const args = nodes.map((child): Argument => ({ name: null, value: this.#expression(child, scope) }));
    return this.#facts.call(node, calleeNode, callee, args);
  }
}

function lastPart(path: string): string {
  return path.split(/::|\\/).at(-1) ?? path;
}
