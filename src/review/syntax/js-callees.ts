import { posix } from 'node:path';
import type { LeanNode } from '../../rag/lean-node.ts';
import { type JsBinding, readJsImports } from './javascript.ts';
import type { SourceText } from './source-text.ts';

/**
 * Names what is called: `module#name` where an import or the file itself says which module it is of, else the last
 * part of its name. `null`: it belongs to a package, or it has no name.
 */
export type CallReader = (callee: LeanNode) => string | null;

/** What a function is called by that is handed on with its own arguments: `send.call(…)`, a helper of Sails by `with`. */
const HANDED_ON = /^(with|call|apply)$/;

/** Reads calls of one file, with its imports; `declared` are the packages that it may import. */
export function createCallReader(source: SourceText, declared: readonly string[]): CallReader {
  const names = readJsImports(source);
  const own = moduleOf(source.file);
  return (callee) => {
    const root = /^[\w$]+/.exec(callee.text)?.[0] ?? '';
    const binding = names.get(root);
    if (binding !== undefined && isPackage(binding, declared)) return null;
    const module = binding === undefined ? null : moduleFrom(source.file, binding);
    if (callee.type !== 'identifier') return keyOfMember(callee, module, own);
    if (binding === undefined) return keyOf(own, root);
    return keyOf(module, /^(default|\*)$/.test(binding.name) ? root : binding.name);
  };
}

/** `x.f` of an imported module `x`, `this.f`, or `f` of something that is not known. */
function keyOfMember(callee: LeanNode, module: string | null, own: string): string | null {
  const property = callee.child('property')?.text;
  const object = callee.child('object');
  if (property === undefined || object === null) return null;
  if (HANDED_ON.test(property)) return object.child('property')?.text ?? object.text;
  if (object.type === 'this') return keyOf(own, property);
  return keyOf(object.type === 'identifier' ? module : null, property);
}

/** The last part of what a `CallReader` gives. */
export function plainName(key: string): string {
  return key.slice(key.indexOf('#') + 1);
}

/** The name of a module in keys: its file without the ending, or its folder where the file is the folder's index. */
export function moduleOf(file: string): string {
  return file.replace(/\.[cm]?[jt]sx?$/, '').replace(/(^|\/)index$/, '');
}

/** What a module's only function is called elsewhere: `utils/send-mail.js` gives `sendMail`. */
export function nameOfModule(module: string): string {
  return posix.basename(module).replace(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The key of a function of a module. */
export function keyOf(module: string | null, name: string): string {
  return module === null ? name : `${module}#${name}`;
}

function isPackage({ module }: JsBinding, declared: readonly string[]): boolean {
  return (
    module.startsWith('node:') || declared.some((name) => module === name || module.startsWith(`${name}/`))
  );
}

function moduleFrom(file: string, { module }: JsBinding): string | null {
  return module.startsWith('.') ? moduleOf(posix.join(posix.dirname(file), module)) : null;
}
