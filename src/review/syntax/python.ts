import type { LeanNode } from '../../rag/lean-node.ts';
import type { TextEdit } from '../rule.ts';
import { insertAt } from './insert.ts';
import { enclosingFunction, lineBreakAt, membersOf, type SourceText } from './source-text.ts';

/** Names of a Python file that imports bind, with the full name that each stands for. */
export type PythonNames = ReadonlyMap<string, string>;

/** Reads what imports bind: `import requests as r` gives `r: requests`, `from a import b` gives `b: a.b`. */
export function readPythonImports(source: SourceText): PythonNames {
  const names = new Map<string, string>();
  for (const statement of source.nodes('import_statement')) {
    for (const name of statement.childrenOf('name')) {
      const { full, alias } = importedName(name);
      const first = full.split('.')[0] ?? full;
      names.set(alias ?? first, alias === null ? first : full);
    }
  }
  for (const statement of source.nodes('import_from_statement')) {
    const module = statement.child('module_name')?.text ?? '';
    for (const name of statement.childrenOf('name')) {
      const { full, alias } = importedName(name);
      names.set(alias ?? full, `${module}.${full}`);
    }
  }
  return names;
}

function importedName(name: LeanNode): { readonly full: string; readonly alias: string | null } {
  if (name.type !== 'aliased_import') return { full: name.text, alias: null };
  return { full: name.child('name')?.text ?? '', alias: name.child('alias')?.text ?? null };
}

/** The full name of `a.b.c` through the imports; `null` when its first part is not imported. */
export function fullName(node: LeanNode | null, names: PythonNames): string | null {
  if (node === null || !['identifier', 'attribute', 'dotted_name'].includes(node.type)) return null;
  const [first = '', ...rest] = node.text.split('.');
  const bound = names.get(first);
  return bound === undefined ? null : [bound, ...rest].join('.');
}

/** A keyword argument of a call; a `**mapping` may hold any, which `hasSplat` tells. */
export function keywordOf(call: LeanNode, name: string): LeanNode | null {
  const list = call.child('arguments')?.children ?? [];
  return list.find((one) => one.type === 'keyword_argument' && one.child('name')?.text === name) ?? null;
}

/** Whether a call passes `*args` or `**kwargs`, which may hold anything. */
export function hasSplat(call: LeanNode): boolean {
  return (call.child('arguments')?.children ?? []).some((one) => one.type.endsWith('_splat'));
}

/** Arguments of a call that are given by place. */
export function positionalOf(call: LeanNode): LeanNode[] {
  const list = call.child('arguments');
  if (list === null) return [];
  return membersOf(list).filter((one) => one.type !== 'keyword_argument' && !one.type.endsWith('_splat'));
}

/**
 * Names that hold what one of `constructors` makes (`s = Session()`, `with Session() as s`, `self.s = …`), each
 * with the constructor's full name. A name that is also given something else is left out.
 */
export function listInstances(
  source: SourceText,
  names: PythonNames,
  constructors: readonly string[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const unsure = new Set<string>();
  const note = (target: LeanNode | null, value: LeanNode | null) => {
    if (target === null || value === null) return;
    const made = value.type === 'call' ? fullName(value.child('function'), names) : null;
    if (made !== null && constructors.includes(made)) found.set(target.text, made);
    else unsure.add(target.text);
  };
  for (const node of source.nodes('assignment')) note(node.child('left'), node.child('right'));
  for (const node of source.nodes('as_pattern')) {
    if (node.parent?.type === 'with_item') note(node.child('alias'), node.children[0] ?? null);
  }
  for (const name of unsure) found.delete(name);
  return found;
}

/** Whether `function_definition` is `async def`. */
export function isAsync(definition: LeanNode): boolean {
  return /^async\b/.test(definition.text);
}

/** The `async def` that runs `node` on its event loop; `null` elsewhere. */
export function enclosingAsyncFunction(node: LeanNode): LeanNode | null {
  const around = enclosingFunction(node);
  return around?.type === 'function_definition' && isAsync(around) ? around : null;
}

/** The edit that imports a module where no import binds it yet; `null`: it is there already. */
export function importModule(source: SourceText, names: PythonNames, module: string): TextEdit | null {
  if (names.get(module) === module) return null;
  const statements = source.root.children;
  const first = statements.find(
    (one) => one.type === 'import_statement' || one.type === 'import_from_statement',
  );
  const anchor = first ?? statements.find((one) => one.type !== 'comment' && !isDocstring(one));
  const offset = anchor?.start ?? source.text.length;
  return insertAt(offset, `import ${module}${lineBreakAt(source.text, offset)}`);
}

function isDocstring(statement: LeanNode): boolean {
  return statement.type === 'expression_statement' && statement.children[0]?.type === 'string';
}

/** The text of an expression, with what the file assigns to it when it is a name. */
export function textThroughNames(node: LeanNode, source: SourceText): string {
  if (node.type !== 'identifier') return node.text;
  const given = source.nodes('assignment').filter((one) => one.child('left')?.text === node.text);
  return [node.text, ...given.map((one) => one.child('right')?.text ?? '')].join(' ');
}

/** Frameworks whose applications and workers are started from a file with a main guard, too. */
const SERVED =
  /^\s*(from|import)\s+(fastapi|flask|django|starlette|aiohttp|tornado|sanic|bottle|quart|celery|rq|apscheduler|uvicorn|grpc)\b/m;

/**
 * Whether a file is a program that ends by itself: it has a main guard, or closes at its top level what it opened and
 * defines nothing for others, and serves nothing.
 */
export function isScript(text: string): boolean {
  const runs =
    /^if __name__ == ['"]__main__['"]/m.test(text) ||
    (/^\w+\.close\(\)/m.test(text) && !/^(async def|def|class)\b/m.test(text));
  return runs && !SERVED.test(text);
}

/** How the functions that a cloud's platform calls are known: AWS Lambda, Google Cloud Functions, Azure Functions. */
const CLOUD_FUNCTION =
  /^(async )?def lambda_handler\(|^\s*(import functions_framework|from functions_framework import|import azure\.functions)\b/m;

/**
 * Whether a file holds a function of a cloud, which serves one call at a time and is ended by the platform after a
 * limit that each function has (AWS Lambda 3 s, Google Cloud Functions 60 s, unless set).
 */
export function isCloudFunction(text: string): boolean {
  return CLOUD_FUNCTION.test(text);
}
