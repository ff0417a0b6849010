import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { enclosingFunction, findAncestor, type SourceText, walk } from '../syntax/source-text.ts';

export default defineRule({
  id: 'js-pg-client-not-released',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'Database connection that an error keeps from the pool',
  summary:
    'A client of the pool is not released in `finally`: each failing query takes a connection for good.',
  severity: 'high',
  priority: 'critical',
  complexity: 'low',
  cost: 'low',
  packages: ['pg'],
  shownBy: { hang: 0.6, slow_beyond_fault: 0.5, slow_recovery: 0.6 },
  advice: {
    libraryDefault:
      'node-postgres (pg 8): "You must release a client when you are finished with it"; the pool has 10 by default and never takes one back by itself.',
    source: 'node-postgres docs/pages/features/pooling.mdx and apis/pool.mdx',
    howItMaterializes:
      'Ten errors later (a constraint, a timeout) the pool is empty, and every request waits for a connection that never comes.',
    downstreamImpact: 'All operations that need the database hang until the process is restarted.',
    discussion:
      'Release in `finally`, and send `ROLLBACK` in `catch` first: a client with an open transaction must not go back as it is. For a single query `pool.query` does all of it.',
    infrastructurePattern:
      'PgBouncer with `idle_transaction_timeout` ends what was forgotten, but the pool still counts it.',
    benefit: 'An error costs one request instead of one connection.',
    risks: 'None: the client must be released on every path.',
    monitoring:
      'pool.totalCount, pool.idleCount and pool.waitingCount over time; a sawtooth that ends at restarts is a leak.',
  },
  check: ({ source }) => {
    if (!/['"]pg['"]|\bpool\b/i.test(source.text)) return [];
    return source
      .nodes('variable_declarator')
      .map((node) => checkClient(node, source))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'async function a() { const client = await pool.connect(); try { await client.query(q); } finally { client.release(); } }',
      'async function a() { return pool.query(q); }',
      'async function a() { const client = await pool.connect(); return client; }',
      'async function a() { const socket = await server.connect(); await socket.send(1); }',
      'async function a() { const client = await pool.connect(); await pool.query(q); register(client); }',
      'async function a() { const client = await this.pool.connect(); try { await client.query(q); } catch (e) { await client.query("ROLLBACK"); throw e; } finally { client.release(); } }',
    ],
    invalid: [
      {
        before:
          'async function a() { const client = await pool.connect(); const r = await client.query(q); client.release(); return r; }',
        after: null,
      },
      {
        before:
          'async function a() { const client = await pool.connect(); try { await client.query(q); client.release(); } catch (error) { log(error); } }',
        after: null,
      },
      {
        before:
          'const a = async (req, res) => { const db = await this.pool.connect(); res.json(await db.query(q)); };',
        after: null,
      },
    ],
  },
});

function checkClient(node: LeanNode, source: SourceText): RuleMatch | null {
  const name = node.child('name');
  const value = node.child('value');
  if (
    name?.type !== 'identifier' ||
    value == null ||
    !/^await\s+(\w+\.)*\w*pool\.connect\(\)$/i.test(value.text)
  ) {
    return null;
  }
  const around = enclosingFunction(node);
  if (around === null || !queries(around, name.text) || passesOn(around, name.text)) return null;
  const released = source.nodes('finally_clause').some((clause) => {
    const holder = enclosingFunction(clause) === around || findAncestor(clause, around.type) === around;
    return holder && clause.text.includes(`${name.text}.release(`);
  });
  if (released) return null;
  return {
    startOffset: node.start,
    endOffset: node.end,
    message: `\`${name.text}\` is not released in \`finally\`, so an error keeps the connection.`,
    fix: null,
  };
}

function queries(around: LeanNode, name: string): boolean {
  return around.text.includes(`${name}.query(`);
}

/** Whether the client leaves the function: returned, stored, or given to another one. */
function passesOn(around: LeanNode, name: string): boolean {
  let passed = false;
  walk(around, (node) => {
    if (node.type !== 'identifier' || node.text !== name) return !passed;
    const above = node.parent?.type ?? '';
    if (['arguments', 'return_statement', 'pair', 'array', 'assignment_expression'].includes(above))
      passed = true;
    return true;
  });
  return (
    passed ||
    new RegExp(`\\{[^}]*\\b${name}\\b\\s*[,}]`).test(around.text.match(/return[^;]*/g)?.join(' ') ?? '')
  );
}
