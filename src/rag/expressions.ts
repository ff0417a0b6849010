import type { Argument, CallExpression, Expression } from './facts.ts';

const MAX_STRING = 300;
const MAX_OTHER = 60;
/** Name of the argument that holds what an object is filled with after its constructor, `{ Timeout = t }` of C#. */
export const INITIALIZER = '{}';

/** A string literal, shortened. */
export function stringOf(value: string): Expression {
  return { kind: 'string', value: value.slice(0, MAX_STRING) };
}

/** A name. */
export function nameOf(name: string): Expression {
  return { kind: 'name', name };
}

/** What has no meaning here: its text when short, and those of `items` that hold calls. */
export function otherOf(text: string, items: readonly Expression[] = []): Expression {
  return { kind: 'other', text: text.length <= MAX_OTHER ? text : '', items: items.filter(holdsCall) };
}

/** `a.b.c` of nested members, `null` when something else stands in between. `self` and `this` are names. */
export function chainOf(expression: Expression): string | null {
  if (expression.kind === 'name') return expression.name;
  if (expression.kind !== 'member') return null;
  const of = chainOf(expression.of);
  return of === null ? null : `${of}.${expression.name}`;
}

/** The last name of a callee or type: `get` of `client.get`, `List` of `List[User]`. */
export function lastName(expression: Expression): string | null {
  if (expression.kind === 'name' || expression.kind === 'member') return expression.name;
  return expression.kind === 'index' ? lastName(expression.of) : null;
}

/** The last name without its namespace: `Order` of `App\\Order` and of `Shop::Order`. */
export function shortName(expression: Expression): string | null {
  const name = lastName(expression);
  return name === null ? null : name.slice(Math.max(name.lastIndexOf('\\'), name.lastIndexOf(':')) + 1);
}

/** Positional arguments, without spreads being opened. */
export function positional(call: CallExpression): Expression[] {
  return call.args.filter((argument) => argument.name === null).map((argument) => argument.value);
}

/** Value of a keyword argument, or of that key in an object that is given as an argument. */
export function keyword(call: CallExpression, ...names: readonly string[]): Expression | null {
  for (const { name, value } of call.args) {
    if (name !== null && names.includes(name)) return value;
  }
  for (const { name, value } of call.args) {
    const found = name === null ? entryOf(value, ...names) : null;
    if (found !== null) return found;
  }
  return null;
}

/** Value of a key of an object literal. */
export function entryOf(expression: Expression | null, ...keys: readonly string[]): Expression | null {
  if (expression?.kind !== 'map') return null;
  return expression.entries.find((entry) => keys.includes(entry.key))?.value ?? null;
}

/** Calls `visit` for `expression` and all that is written inside it, functions' bodies excepted. */
export function walkExpression(expression: Expression, visit: (inner: Expression) => void): void {
  visit(expression);
  for (const inner of partsOf(expression)) walkExpression(inner, visit);
}

/** The text of an expression, near enough to how it was written. */
export function textOf(expression: Expression): string {
  switch (expression.kind) {
    case 'string':
      return JSON.stringify(expression.value);
    case 'name':
      return expression.name;
    case 'member':
      return `${textOf(expression.of)}.${expression.name}`;
    case 'call':
      return `${textOf(expression.callee)}(${expression.args.map(argumentText).join(', ')})`;
    case 'index':
      return `${textOf(expression.of)}[${expression.items.map(textOf).join(', ')}]`;
    case 'list':
      return `[${expression.items.map(textOf).join(', ')}]`;
    case 'map':
      return `{ ${expression.entries.map((entry) => `${entry.key}: ${textOf(entry.value)}`).join(', ')} }`;
    case 'join':
      return expression.parts.map(textOf).join(' + ');
    case 'either':
      return expression.items.map(textOf).join(' | ');
    case 'each':
    case 'spread':
      return `…${textOf(expression.of)}`;
    case 'function':
      return '…';
    case 'other':
      return expression.text === '' ? '…' : expression.text;
  }
}

function argumentText(argument: Argument): string {
  const isNamed = argument.name !== null && argument.name !== INITIALIZER;
  return isNamed ? `${argument.name}=${textOf(argument.value)}` : textOf(argument.value);
}

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'join':
      return expression.parts;
    case 'member':
    case 'each':
    case 'spread':
      return [expression.of];
    case 'call':
      return [expression.callee, ...expression.args.map((argument) => argument.value)];
    case 'index':
      return [expression.of, ...expression.items];
    case 'list':
    case 'either':
    case 'other':
      return expression.items;
    case 'map':
      return expression.entries.map((entry) => entry.value);
    default:
      return [];
  }
}

function holdsCall(expression: Expression): boolean {
  if (expression.kind === 'call' || expression.kind === 'function') return true;
  return partsOf(expression).some(holdsCall);
}
