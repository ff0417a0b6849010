import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleFix, type RuleMatch } from '../rule.ts';
import { insertAt } from '../syntax/insert.ts';
import { argumentsOf } from '../syntax/javascript.ts';
import { listLocalCallers } from '../syntax/local-callers.ts';
import {
  enclosingFunction,
  indentAt,
  lineBreakAt,
  listWithin,
  membersOf,
  type SourceText,
} from '../syntax/source-text.ts';

/** How each library begins, ends and undoes a transaction on one connection. */
const METHODS: Readonly<Record<string, { readonly commit: string; readonly rollback: string }>> = {
  beginTransaction: { commit: 'commit', rollback: 'rollback' },
  startTransaction: { commit: 'commitTransaction', rollback: 'rollbackTransaction' },
};
const BEGIN = /^.\s*(BEGIN|START\s+TRANSACTION)\b[^;]*;?\s*.$/i;
const COMMIT = /^.\s*(COMMIT|END)\b[^;]*;?\s*.$/i;
/** A connection that is closed, or given back as broken, takes its transaction along. */
const ENDS_CONNECTION = /\.(end|destroy|close|disconnect|endSession|abortTransaction)\(|\.release\(\s*[^)\s]/;

export default defineRule({
  id: 'js-transaction-without-rollback',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'Transaction without a rollback (JavaScript)',
  summary:
    'After an error the connection goes on with the open transaction: locks stay, and others write into it.',
  severity: 'high',
  priority: 'critical',
  complexity: 'low',
  cost: 'low',
  packages: ['pg', 'mysql2', 'typeorm'],
  shownBy: { hang: 0.4, unclear_error: 0.4, slow_recovery: 0.5 },
  advice: {
    libraryDefault:
      'pg 8, mysql2 3 and TypeORM 0.3 end no transaction by themselves; `release()` gives the connection back as it is.',
    source:
      'node-postgres docs/pages/features/transactions.mdx; PostgreSQL documentation "ROLLBACK"; TypeORM docs "Transactions: QueryRunner"',
    howItMaterializes:
      'A statement between BEGIN and COMMIT fails (a constraint, a time limit, a lost lock), and nothing undoes what was done before it.',
    downstreamImpact:
      'Who gets the connection next fails with "current transaction is aborted", or commits the half-done work of another; its locks stop everybody else.',
    discussion:
      'Send ROLLBACK in `catch` and pass the error on; release the connection in `finally`. A client that cannot even roll back must be destroyed: `client.release(error)`.',
    infrastructurePattern:
      '`idle_in_transaction_session_timeout` of PostgreSQL ends what was forgotten, late and with the connection.',
    benefit: 'A failed transaction leaves neither writes nor locks behind.',
    risks: 'None: what was not committed must be undone.',
    monitoring: 'Connections "idle in transaction", lock waits, errors with SQLSTATE 25P02.',
  },
  check({ source }) {
    return source
      .nodes('call_expression')
      .map((call) => checkBegin(call, source))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      "async function f(c) { try { await c.query('BEGIN'); await c.query(a); await c.query('COMMIT'); } catch (e) { await c.query('ROLLBACK'); throw e; } }",
      "async function f(c) { await c.query('BEGIN'); }",
      "async function f(c) { await c.query('BEGIN'); try { await c.query(a); await c.query('COMMIT'); } catch (e) { c.release(e); throw e; } }",
      'async function f(c) { await c.beginTransaction(); try { await c.query(a); await c.commit(); } catch (e) { await c.rollback(); throw e; } }',
      'async function f(r) { await r.startTransaction(); try { await r.manager.save(a); await r.commitTransaction(); } catch (e) { await r.rollbackTransaction(); } finally { await r.release(); } }',
      "async function f(c) { await c.query('BEGIN'); await c.query(a); await c.query('COMMIT'); await c.end(); }",
      "async function f(c) { await c.query('BEGIN'); try { await c.query(a); await c.query('COMMIT'); } catch (e) { await undo(c, 'rollback'); } }",
      "async function f(c) { await c.query('SELECT 1'); await c.query('COMMIT'); }",
      "async function f(c) { await c.query('BEGIN; INSERT INTO a VALUES (1); COMMIT'); }",
      'async function f(s) { await s.startTransaction(); await s.commitTransaction(); await s.endSession(); }',
      'const move = async (r) => { await r.startTransaction(); await r.manager.save(a); await r.commitTransaction(); };\nexport async function f(r) { try { await move(r); } catch (e) { await r.rollbackTransaction(); throw e; } }',
    ],
    invalid: [
      {
        before:
          "async function f() {\n  const c = await pool.connect();\n  try {\n    await c.query('BEGIN');\n    await c.query(a);\n    await c.query('COMMIT');\n  } catch (e) {\n    throw new SaveError(e);\n  } finally {\n    c.release();\n  }\n}\n",
        after:
          "async function f() {\n  const c = await pool.connect();\n  try {\n    await c.query('BEGIN');\n    await c.query(a);\n    await c.query('COMMIT');\n  } catch (e) {\n    await c.query('ROLLBACK').catch(() => undefined);\n    throw new SaveError(e);\n  } finally {\n    c.release();\n  }\n}\n",
      },
      {
        before:
          "async function f(c) { await c.query('begin'); await c.query(a); await c.query('commit'); c.release(); }",
        after: null,
      },
      {
        before:
          'async function f(c) {\n  await c.beginTransaction();\n  try {\n    await c.query(a);\n    await c.commit();\n  } catch (e) {\n    log(e);\n    throw e;\n  }\n}\n',
        after:
          'async function f(c) {\n  await c.beginTransaction();\n  try {\n    await c.query(a);\n    await c.commit();\n  } catch (e) {\n    await c.rollback().catch(() => undefined);\n    log(e);\n    throw e;\n  }\n}\n',
      },
      {
        before:
          'async function move(r) { await r.startTransaction(); await r.manager.save(a); await r.commitTransaction(); }\nasync function f(r) { try { await move(r); } catch (e) { await r.rollbackTransaction(); } }\nasync function g(r) { await move(r); }',
        after: null,
      },
      {
        before:
          'export const move = async (r) => { await r.startTransaction(); await r.manager.save(a); await r.commitTransaction(); };\nasync function f(r) { try { await move(r); } catch (e) { await r.rollbackTransaction(); } }',
        after: null,
      },
      {
        before:
          'async function f() { const r = db.createQueryRunner(); await r.startTransaction(); await r.manager.save(a); await r.commitTransaction(); await r.release(); }',
        after: null,
        language: 'typescript',
      },
    ],
  },
});

interface Transaction {
  readonly connection: string;
  /** The call that undoes it, without its `await`. */
  readonly rollback: string;
  readonly commits: readonly LeanNode[];
}

function checkBegin(call: LeanNode, source: SourceText): RuleMatch | null {
  const around = enclosingFunction(call);
  const transaction = around === null ? null : readTransaction(call, around);
  if (around === null || transaction === null) return null;
  if (/rollback/i.test(around.text) || ENDS_CONNECTION.test(around.text)) return null;
  if (listLocalCallers(around, source)?.every((caller) => /rollback/i.test(caller.text))) return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: `Nothing rolls this transaction back when a statement before its \`COMMIT\` fails.`,
    fix: fixOf(transaction, around, source),
  };
}

/** What a call begins, when the same function also commits it. */
function readTransaction(call: LeanNode, around: LeanNode): Transaction | null {
  const connection = call.child('function')?.child('object')?.text ?? '';
  const method = call.child('function')?.child('property')?.text ?? '';
  const calls = listWithin(around, 'call_expression');
  const isOn = (other: LeanNode, ...names: readonly string[]) =>
    names.some((name) => other.child('function')?.text === `${connection}.${name}`);
  const named = METHODS[method];
  if (named !== undefined) {
    const commits = calls.filter((other) => isOn(other, named.commit));
    return commits.length === 0
      ? null
      : { connection, rollback: `${connection}.${named.rollback}()`, commits };
  }
  if (connection === '' || !/^(query|execute)$/.test(method) || !isSql(call, BEGIN)) return null;
  const commits = calls.filter((other) => isOn(other, method) && isSql(other, COMMIT));
  return commits.length === 0
    ? null
    : { connection, rollback: `${connection}.${method}('ROLLBACK')`, commits };
}

function isSql(call: LeanNode, statement: RegExp): boolean {
  const text = argumentsOf(call)[0];
  if (text?.type !== 'string' && text?.type !== 'template_string') return false;
  return statement.test(text.text);
}

/** Rolls back at the start of the only `catch`, when it guards the commit and can see the connection. */
function fixOf(
  { connection, rollback, commits }: Transaction,
  around: LeanNode,
  { text }: SourceText,
): RuleFix | null {
  const attempts = listWithin(around, 'try_statement').filter((one) => one.child('handler') !== null);
  const [attempt] = attempts;
  const tried = attempt?.child('body');
  const handler = attempt?.child('handler')?.child('body');
  const first = handler == null ? undefined : membersOf(handler)[0];
  if (attempts.length !== 1 || tried == null || first === undefined) return null;
  const isGuarded = commits.every((commit) => commit.start >= tried.start && commit.end <= tried.end);
  const isInside = listWithin(tried, 'variable_declarator').some(
    (one) => one.child('name')?.text === connection.split('.')[0],
  );
  const indent = indentAt(text, first.start);
  const startsLine = text.slice(first.start - indent.length, first.start) === indent && indent !== '';
  if (!isGuarded || isInside || !startsLine || !/^async\b/.test(around.text)) return null;
  return {
    summary: 'Roll back when a statement fails.',
    // On a connection that is lost the rollback fails too; thrown here, it would end the handling of the first error.
    edits: [
      insertAt(
        first.start,
        `await ${rollback}.catch(() => undefined);${lineBreakAt(text, first.start)}${indent}`,
      ),
    ],
  };
}
