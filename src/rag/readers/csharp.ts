import { nameOf, stringOf } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';
import { defineReader } from '../reader.ts';
import { TypedReader } from './typed-reader.ts';
import type { Declared, SplitCall, TypedSyntax } from './typed-syntax.ts';

const SYNTAX: TypedSyntax = {
  classes: /^(class|record|struct|record_struct|enum)_declaration$/,
  interfaces: /^interface_declaration$/,
  methods: /^(method_declaration|constructor_declaration|local_function_statement)$/,
  fields: /^(field_declaration|property_declaration)$/,
  locals: /^(local_declaration_statement|variable_declaration|foreach_statement)$/,
  lambdas: /^(lambda_expression|anonymous_method_expression)$/,
  containers:
    /_(statement|clause|list|section)$|^(block|compilation_unit|ERROR|namespace_declaration|file_scoped_namespace_declaration|switch_body|expression_statement)$/,
  returnField: 'returns',
  listDeclared,
  listDecorators: (node) =>
    node.children.filter((child) => child.type === 'attribute_list').flatMap((list) => list.children),
  listBases: (node) =>
    node.childOfType('base_list')?.children.filter((child) => child.type !== 'argument_list') ?? [],
  listParameters(node) {
    const parameters = node.child('parameters') ?? node.childOfType('parameter_list');
    if (parameters === null) return [];
    return /^(implicit_parameter|identifier)$/.test(parameters.type) ? [parameters] : parameters.children;
  },
  readHead(node, add) {
    if (/namespace_declaration$/.test(node.type)) add.package(node.child('name')?.text ?? '');
    return node.type === 'using_directive';
  },
  readOwn,
  splitCall,
};

/** C#: classes with attributes, fields, properties, methods, minimal-API statements. */
export default defineReader({
  languages: ['csharp'],
  read(root, facts) {
    const reader = new TypedReader(facts, SYNTAX);
    for (const child of root.children) reader.statement(child, 0);
  },
});

function listDeclared(node: LeanNode): readonly Declared[] {
  if (node.type === 'property_declaration' || node.type === 'foreach_statement') {
    const name = node.child('name') ?? node.child('left');
    const value = node.child('value');
    const written = value?.type === 'arrow_expression_clause' ? (value.children[0] ?? value) : value;
    return name === null ? [] : [{ name, type: node.child('type'), value: written }];
  }
  const declaration = node.childOfType('variable_declaration') ?? node;
  const type = declaration.child('type');
  return declaration.children.flatMap((declarator) => {
    const name = declarator.type === 'variable_declarator' ? declarator.child('name') : null;
    if (name === null) return [];
    return [{ name, type, value: declarator.children.find((child) => child !== name) ?? null }];
  });
}

function readOwn(node: LeanNode, read: (inner: LeanNode) => Expression): Expression | null {
  switch (node.type) {
    case 'string_literal':
    case 'verbatim_string_literal':
    case 'raw_string_literal':
      return stringOf(
        node.children.length > 0
          ? node.children.map((child) => child.text).join('')
          : node.text.replace(/^@?"|"$/g, ''),
      );
    case 'member_access_expression': {
      const of = node.child('expression');
      const name = node.child('name')?.text ?? '';
      return of === null ? null : { kind: 'member', of: read(of), name: name.replace(/<.*$/s, '') };
    }
    case 'binary_expression': {
      const [left, right] = [node.child('left'), node.child('right')];
      if (left === null || right === null || node.textBetween(left, right).trim() !== '+') return null;
      return { kind: 'join', parts: [read(left), read(right)] };
    }
    case 'interpolated_string_expression':
      return { kind: 'join', parts: readInterpolated(node, read) };
    case 'initializer_expression':
    case 'collection_expression':
      return { kind: 'list', items: node.children.map(read) };
    case 'implicit_array_creation_expression':
    case 'array_creation_expression': {
      const list = node.childOfType('initializer_expression');
      return list === null ? null : read(list);
    }
    case 'generic_name': {
      const [of, args] = node.children;
      if (of === undefined) return null;
      return { kind: 'index', of: read(of), items: (args?.children ?? []).map(read) };
    }
    case 'nullable_type':
      return node.children[0] === undefined ? null : read(node.children[0]);
    case 'qualified_name':
      return nameOf(node.child('name')?.text ?? node.text);
    default:
      return null;
  }
}

/** `$"api/v{version}/orders"`: its texts and what stands between them. */
function readInterpolated(node: LeanNode, read: (inner: LeanNode) => Expression): Expression[] {
  return node.children.flatMap((child): Expression[] => {
    if (child.type === 'string_content') return [stringOf(child.text)];
    const inner = child.type === 'interpolation' ? child.children.find(isOfInterpolation) : undefined;
    return inner === undefined ? [] : [read(inner)];
  });
}

function isOfInterpolation({ type }: LeanNode): boolean {
  return !/^interpolation_(brace|format_clause|alignment_clause)$/.test(type);
}

function splitCall(node: LeanNode): SplitCall | null {
  const args = node.child('arguments')?.children ?? [];
  if (node.type === 'object_creation_expression') {
    const type = node.child('type');
    if (type === null) return null;
    const fields = node.childOfType('initializer_expression');
    const name = type.type === 'generic_name' ? (type.children[0] ?? type) : type;
    return fields === null ? { of: null, name, args } : { of: null, name, args, fields };
  }
  const callee = node.type === 'invocation_expression' ? node.child('function') : null;
  if (callee === null) return null;
  const name = callee.child('name');
  if (callee.type === 'member_access_expression' && name !== null) {
    return { of: callee.child('expression'), name, args };
  }
  if (callee.type !== 'generic_name') return { of: null, name: callee, args };
  return { of: null, name: callee.children[0] ?? callee, args, typed: callee };
}
