import { nameOf, stringOf } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';
import { defineReader } from '../reader.ts';
import { TypedReader } from './typed-reader.ts';
import type { Declared, SplitCall, TypedSyntax } from './typed-syntax.ts';

const SYNTAX: TypedSyntax = {
  classes: /^(class|record|enum)_declaration$/,
  interfaces: /^(interface|annotation_type)_declaration$/,
  methods: /^(method|constructor)_declaration$/,
  fields: /^(field|constant)_declaration$/,
  locals: /^(local_variable_declaration|resource|enhanced_for_statement)$/,
  lambdas: /^lambda_expression$/,
  containers:
    /_(statement|clause|block|body|declarations|group|rule|specification)$|^(block|program|ERROR|switch_block|expression_statement)$/,
  returnField: 'type',
  listDeclared,
  listDecorators: (node) =>
    (node.childOfType('modifiers')?.children ?? []).filter((child) => child.type.endsWith('annotation')),
  listBases: (node) =>
    [node.child('superclass'), node.child('interfaces'), node.childOfType('extends_interfaces')]
      .flatMap((part) => part?.children ?? [])
      .flatMap((part) => (part.type === 'type_list' ? part.children : [part])),
  listParameters(node) {
    const parameters = node.child('parameters');
    if (parameters === null) return [];
    return parameters.type === 'identifier' ? [parameters] : parameters.children;
  },
  readHead(node, add) {
    const path = node.childOfType('scoped_identifier', 'identifier')?.text ?? '';
    if (node.type === 'package_declaration') add.package(path);
    if (node.type === 'import_declaration') {
      const isWide = node.childOfType('asterisk') !== null;
      const dot = path.lastIndexOf('.');
      const name = path.slice(dot + 1);
      if (isWide) add.import('*', path, '*');
      else add.import(name, path.slice(0, dot), name);
    }
    return /^(package|import)_declaration$/.test(node.type);
  },
  readOwn,
  splitCall,
};

/** Java: classes with annotations, fields, methods, lambdas. */
export default defineReader({
  languages: ['java'],
  read(root, facts) {
    const reader = new TypedReader(facts, SYNTAX);
    for (const child of root.children) reader.statement(child, 0);
  },
});

function listDeclared(node: LeanNode): readonly Declared[] {
  const type = node.child('type');
  const own = node.child('name');
  if (own !== null) return [{ name: own, type, value: node.child('value') }];
  return node.childrenOf('declarator').flatMap((declarator) => {
    const name = declarator.child('name');
    return name === null ? [] : [{ name, type, value: declarator.child('value') }];
  });
}

function readOwn(node: LeanNode, read: (inner: LeanNode) => Expression): Expression | null {
  switch (node.type) {
    case 'string_literal':
      return stringOf(node.children.map((child) => child.text).join(''));
    case 'field_access': {
      const object = node.child('object');
      const name = node.child('field')?.text ?? '';
      return object === null ? null : { kind: 'member', of: read(object), name };
    }
    case 'method_reference': {
      const [of, name] = node.children;
      return of === undefined || name === undefined
        ? null
        : { kind: 'member', of: read(of), name: name.text };
    }
    case 'binary_expression': {
      const [left, right] = [node.child('left'), node.child('right')];
      if (left === null || right === null || node.textBetween(left, right).trim() !== '+') return null;
      return { kind: 'join', parts: [read(left), read(right)] };
    }
    case 'element_value_array_initializer':
    case 'array_initializer':
      return { kind: 'list', items: node.children.map(read) };
    case 'generic_type': {
      const [of, args] = node.children;
      if (of === undefined) return null;
      return { kind: 'index', of: read(of), items: (args?.children ?? []).map(read) };
    }
    case 'scoped_type_identifier':
      return nameOf(/(\w+)$/.exec(node.text)?.[1] ?? node.text);
    default:
      return null;
  }
}

function splitCall(node: LeanNode): SplitCall | null {
  const args = node.child('arguments')?.children ?? [];
  if (node.type === 'method_invocation') {
    const name = node.child('name');
    return name === null ? null : { of: node.child('object'), name, args };
  }
  const type = node.type === 'object_creation_expression' ? node.child('type') : null;
  if (type === null) return null;
  return { of: null, name: type.type === 'generic_type' ? (type.children[0] ?? type) : type, args };
}
