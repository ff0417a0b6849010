import type { LeanNode } from '../../rag/lean-node.ts';
import { argumentsOf } from './javascript.ts';
import { enclosingFunction, listWithin } from './source-text.ts';

/** What gives one connection: awaited, as `getConnection` of TypeORM is a pool and needs no waiting. */
const GIVES_CONNECTION =
  /^await\s+([\w.]*\.)?(getConnection|startTransaction|beginTransaction|transaction)\(|^await\s+[\w.]*pool\w*\.(connect|acquire)\(|\bcreateQueryRunner\(/i;
/** Parameters called like this are one connection, or a transaction on one. */
const PARAMETER = /\b(trx|tx|transaction|conn|connection|queryRunner)\b/g;
/** Methods whose callback is given a transaction. */
const TRANSACTION = /(^|\.)(\$?transaction|withTransaction|inTransaction)$/;

/**
 * Names, as seen from `node`, of a single connection or a transaction: it runs one query at a time, however many
 * are begun (node-postgres "Client: queries are queued", mysql2, transactions of Prisma, Knex and Sequelize).
 */
export function listConnections(node: LeanNode): ReadonlySet<string> {
  const names = new Set<string>();
  for (let around = enclosingFunction(node); around !== null; around = enclosingFunction(around)) {
    const parameters = (around.child('parameters') ?? around.child('parameter'))?.text ?? '';
    for (const [name] of parameters.matchAll(PARAMETER)) names.add(name);
    if (/\bclient\b/.test(parameters) && /\bclient\.query\(/.test(around.text)) names.add('client');
    const call = around.parent?.parent;
    const [given] = /\w+/.exec(parameters) ?? [];
    if (given !== undefined && TRANSACTION.test(call?.child('function')?.text ?? '')) names.add(given);
    for (const one of listWithin(around, 'variable_declarator')) {
      const name = one.child('name');
      const isConnection = GIVES_CONNECTION.test(one.child('value')?.text ?? '');
      if (name?.type === 'identifier' && isConnection) names.add(name.text);
    }
  }
  return names;
}

/** Whether a call goes over one of these connections: `tx.order.create(…)`, `insert(…).execute(tx)`, `save(…, { transaction })`. */
export function goesOver(call: LeanNode, connections: ReadonlySet<string>): boolean {
  if (connections.has(rootOf(call))) return true;
  return argumentsOf(call).some((one) => {
    if (one.type === 'identifier') return connections.has(one.text);
    const [, key, name] = /\b(transaction|transacting)\b(?:\s*:\s*(\w+))?/.exec(one.text) ?? [];
    return one.type === 'object' && connections.has(name ?? key ?? '');
  });
}

/** The name that a chain of calls and members begins with. */
function rootOf(node: LeanNode): string {
  const inner = node.child('function') ?? node.child('object');
  if (inner !== null) return rootOf(inner);
  return node.type === 'identifier' ? node.text : '';
}
