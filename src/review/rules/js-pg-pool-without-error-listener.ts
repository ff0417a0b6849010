import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule } from '../rule.ts';
import { isClosedWhereMade } from '../syntax/closed-where-made.ts';
import { insertAt } from '../syntax/insert.ts';
import { argumentsOf, readJsImports } from '../syntax/javascript.ts';
import { listPgPools } from '../syntax/pg.ts';
import { indentAt, lineBreakAt, type SourceText } from '../syntax/source-text.ts';

/** The patched program's own log, not ours. */
const LOG_CALL = `${'console'}.error('idle database connection failed:', error.message)`;

function listener(name: string): string {
  return `${name}.on('error', (error) => ${LOG_CALL});`;
}

/** Packages whose functions listen to the pool that they are given: postgraphile 4.13, graphile-worker 0.16. */
const LISTENS = new Set(['postgraphile', 'graphile-worker']);
/** Those that do not: drizzle-orm 0.44. */
const LISTENS_NOT = /^drizzle-orm(\/|$)/;

/** The packages whose functions are called with the pool, as an argument or as a property of one. */
function listTakers(name: string, source: SourceText): readonly string[] {
  const imports = readJsImports(source);
  return source.nodes('call_expression').flatMap((call) => {
    const module = imports.get(call.child('function')?.text.split('.')[0] ?? '')?.module ?? '.';
    return /^[./~#]|^@\//.test(module) || !argumentsOf(call).some((one) => isOrHolds(one, name))
      ? []
      : [module];
  });
}

function isOrHolds(argument: LeanNode, name: string): boolean {
  if (argument.type !== 'object') return argument.text === name;
  return argument.children.some((member) => (member.child('value') ?? member).text === name);
}

export default defineRule({
  id: 'js-pg-pool-without-error-listener',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'PostgreSQL pool without an error listener',
  summary:
    'When the database restarts, an idle connection emits an error that nobody hears, and the process ends.',
  severity: 'high',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['pg'],
  shownBy: { breakdown: 0.9 },
  advice: {
    libraryDefault:
      'node-postgres (pg 8) emits the error of an idle client on the pool; Node ends the process for an `error` event without a listener.',
    source: 'node-postgres docs/pages/apis/pool.mdx, event "error"; Node.js docs "Error events"',
    howItMaterializes:
      'A failover or a restart of the database cuts idle connections: every process with an idle pool ends at that moment.',
    downstreamImpact:
      'All replicas restart together, and their new connections meet a database that has just come back.',
    discussion:
      'The listener only has to exist: the pool has already removed the client and makes a new one for the next query.',
    infrastructurePattern: 'Restart policies bring the process back, but cold and all at once.',
    benefit: 'A failover of the database is a log line instead of an outage.',
    risks: 'None for requests; errors of queries are still thrown where they are made.',
    monitoring: 'Restarts of processes beside restarts of the database; errors of idle clients.',
  },
  check: ({ source, project }) =>
    listPgPools(source).flatMap(({ creation, name, statement }) => {
      if (name === null || statement === null || isClosedWhereMade(creation, source)) return [];
      const listened =
        source.text.includes(`${name}.on('error'`) || source.text.includes(`${name}.on("error"`);
      // Prisma's adapter listens to the pool that it is given.
      if (source.text.includes(`new PrismaPg(${name}`)) return [];
      // Elsewhere the pool may go by another name, so any listener on something called pool counts.
      if (listened || project.holds("ool.on('error'") || project.holds('ool.on("error"')) return [];
      const takers = listTakers(name, source);
      if (takers.some((module) => LISTENS.has(module))) return [];
      const line = listener(name);
      const gap = `${lineBreakAt(source.text, statement.start)}${indentAt(source.text, statement.start)}`;
      return [
        {
          startOffset: creation.start,
          endOffset: creation.end,
          message: `Nothing listens to \`error\` of \`${name}\`.`,
          leadUntilMeasured: takers.some((module) => !LISTENS_NOT.test(module)),
          fix: {
            summary: 'Listen to errors of idle connections.',
            edits: [insertAt(statement.end, `${gap}${line}`)],
          },
        },
      ];
    }),
  examples: {
    valid: [
      "import { Pool } from 'pg';\nconst pool = new Pool();\npool.on('error', (error) => log(error));",
      'import { Pool } from \'pg\';\nconst db = new Pool();\ndb.on("error", report);',
      "import { Pool } from 'undici';\nconst pool = new Pool('http://a');",
      "import { Pool } from 'pg';\nasync function prepare() {\n  const admin = new Pool({ max: 1 });\n  await admin.query(sql);\n  await admin.end();\n}",
      "import { Client } from 'pg';\nconst client = new Client();",
      "import { Pool } from 'pg';\nexport default new Pool();",
      "import { Pool } from 'pg';\nconst pool = new Pool();\nconst adapter = new PrismaPg(pool, { schema });",
      "import { Pool } from 'pg';\nimport { postgraphile } from 'postgraphile';\nconst pool = new Pool();\napp.use(postgraphile(pool, 'shop', {}));",
      "import { Pool } from 'pg';\nimport { run } from 'graphile-worker';\nconst pgPool = new Pool();\nrun({ pgPool, concurrency: 5 });",
      "import { Pool } from 'pg';\nexport function watch(anyPool) { anyPool.on('error', log); }\nconst db = new Pool();",
    ],
    invalid: [
      {
        before:
          "import { Pool } from 'pg';\nimport { postgraphile } from 'postgraphile';\nconst pool = new Pool();\napp.use(postgraphile(other, 'shop', {}));\n",
        after: `import { Pool } from 'pg';\nimport { postgraphile } from 'postgraphile';\nconst pool = new Pool();\n${listener('pool')}\napp.use(postgraphile(other, 'shop', {}));\n`,
      },
      {
        before: "import { Pool } from 'pg';\nconst pool = new Pool();\n",
        after: `import { Pool } from 'pg';\nconst pool = new Pool();\n${listener('pool')}\n`,
      },
      {
        before:
          "import pg from 'pg';\nfunction open() {\n  const db = new pg.Pool({ max: 5 });\n  return db;\n}\n",
        after: `import pg from 'pg';\nfunction open() {\n  const db = new pg.Pool({ max: 5 });\n  ${listener('db')}\n  return db;\n}\n`,
      },
      {
        before: "import { Pool } from 'pg';\nexport const pool = new Pool({ max: 5 });\n",
        after: `import { Pool } from 'pg';\nexport const pool = new Pool({ max: 5 });\n${listener('pool')}\n`,
        language: 'typescript',
      },
    ],
  },
});
