import type { LeanNode } from '../../rag/lean-node.ts';
import { readJsImports } from './javascript.ts';
import type { SourceText } from './source-text.ts';

/** A pool of node-postgres, with the name that it is bound to. */
export interface PgPool {
  readonly creation: LeanNode;
  /** `null`: it is not assigned to a plain name. */
  readonly name: string | null;
  /** The declaration at the top level that makes it. */
  readonly statement: LeanNode | null;
}

/** Lists `new Pool(…)` and `new pg.Pool(…)` of the package `pg`. */
export function listPgPools(source: SourceText): PgPool[] {
  const names = readJsImports(source);
  return source.nodes('new_expression').flatMap((creation) => {
    const made = creation.child('constructor');
    const [object = '', property] = (made?.text ?? '').split('.');
    const binding = names.get(object);
    const isNamed = property === undefined && binding?.name === 'Pool';
    const isMember = property === 'Pool' && (binding?.name === 'default' || binding?.name === '*');
    if (binding?.module !== 'pg' || !(isNamed || isMember)) return [];
    const declarator = creation.parent?.type === 'variable_declarator' ? creation.parent : null;
    const name = declarator?.child('name');
    return [
      {
        creation,
        name: name?.type === 'identifier' ? name.text : null,
        statement: declarator?.parent?.type === 'lexical_declaration' ? declarator.parent : null,
      },
    ];
  });
}
