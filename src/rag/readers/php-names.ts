import type { LeanNode } from '../lean-node.ts';

/** Writes names in full, as the namespace and the `use` declarations of a file say. */
export class PhpNames {
  namespace = '';
  readonly #classes = new Map<string, string>();
  readonly #functions = new Map<string, string>();
  /** The class that the one being read extends; `parent` means it. */
  parent: string | null = null;

  /** `App\Order` of `Order`; keywords such as `self` stay. */
  classOf(written: string): string {
    if (written.startsWith('\\')) return written.slice(1);
    const [first = '', ...rest] = written.replace(/^namespace\\/, '').split('\\');
    const used = this.#classes.get(first.toLowerCase());
    if (used !== undefined) return [used, ...rest].join('\\');
    return this.namespace === '' ? written : `${this.namespace}\\${written}`;
  }

  /** Functions without a `use` are mostly PHP's or global ones. */
  functionOf(written: string): string {
    if (written.includes('\\')) return this.classOf(written);
    return this.#functions.get(written.toLowerCase()) ?? written;
  }

  /** Reads `use A\B as C;`, `use A\{B, C};` and `use function a\b;`; gives each as it is known here. */
  readUse(node: LeanNode): readonly { readonly local: string; readonly name: string }[] {
    const group = node.childOfType('namespace_use_group');
    const prefix = group === null ? '' : `${node.childOfType('namespace_name')?.text ?? ''}\\`;
    const isFunction = /^use\s+function\b/.test(node.text);
    return (group ?? node).children.flatMap((clause) => {
      if (!/^namespace_use_(group_)?clause$/.test(clause.type)) return [];
      const named = clause.children.find(
        (child) => child.field !== 'alias' && child.type !== 'namespace_aliasing_clause',
      );
      const written = named?.text.replace(/^\\/, '') ?? '';
      const name = prefix + written;
      const alias =
        clause.child('alias') ?? clause.childOfType('namespace_aliasing_clause')?.children[0] ?? null;
      const local = alias?.text ?? name.slice(name.lastIndexOf('\\') + 1);
      (isFunction ? this.#functions : this.#classes).set(local.toLowerCase(), name);
      return [{ local, name }];
    });
  }
}
