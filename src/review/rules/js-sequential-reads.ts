import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch, type TextEdit } from '../rule.ts';
import { isBrowserCode, readJsImports } from '../syntax/javascript.ts';
import { isRead } from '../syntax/js-reads.ts';
import { indentAt, lineBreakAt, membersOf, walk } from '../syntax/source-text.ts';

export default defineRule({
  id: 'js-sequential-reads',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'Independent reads one after the other',
  summary: 'Two reads that do not need each other are awaited in turn, so their delays add up.',
  severity: 'low',
  priority: 'nice-to-have',
  complexity: 'low',
  cost: 'low',
  packages: [],
  onlyInOperations: true,
  shownBy: { slow_beyond_fault: 0.7 },
  advice: {
    libraryDefault:
      'The language (ECMAScript 2017 and later) suspends the function at each `await`; what comes after has not begun.',
    source: 'ECMA-262, AwaitExpression; MDN "Promise.all()"',
    howItMaterializes: 'A dependency that becomes 200 ms slower makes this operation 400 ms slower.',
    downstreamImpact:
      'Callers with a time limit between the two see failures where one slow call would have passed.',
    discussion:
      '`Promise.all` begins both and rejects with the first error; the other call goes on until its own limit. Both must be safe to begin when the other fails, which reads are.',
    infrastructurePattern: 'A cache in front of the dependency shortens both.',
    benefit: 'The operation takes as long as the slower read, not as long as both.',
    risks:
      'Both calls are sent even when the first would have failed: a little more load on a failing dependency.',
    monitoring: 'p95 of the operation against p95 of its dependencies.',
  },
  check({ source, project }) {
    if (isBrowserCode(source, readJsImports(source), project)) return [];
    return source.nodes('statement_block').flatMap((block) =>
      listChains(membersOf(block), source.text)
        .filter((chain) => chain.length > 1)
        .map((chain) => toMatch(chain, source.text)),
    );
  },
  examples: {
    valid: [
      'async function a() { const ids = new IdLoader(db, queryRunner); const counts = new CountLoader(db, queryRunner); const x = await ids.load(1); const y = await counts.load(1); return [x, y]; }',
      'async function a() { const stock = await getStockStore(); const orders = await getOrderStore(); return stock.sum() + orders.sum(); }',
      'async function f() {\n  const rows = await findAll();\n  const factories = await loadConnectorFactories();\n}',
      'async function a() { const user = await api.getUser(id); const orders = await api.getOrders(user.id); return [user, orders]; }',
      'async function a() { const [x, y] = await Promise.all([api.getX(), api.getY()]); return x + y; }',
      'async function a() { const saved = await api.createUser(u); const list = await api.listUsers(); return [saved, list]; }',
      'async function a() { const x = await api.getX(); check(x); const y = await api.getY(); return [x, y]; }',
      'async function a() { const body = await req.getBody(); const user = await req.getUser(); return [body, user]; }',
      'async function a() { const x = await cache.get(1); const y = await cache.get(2); return [x, y]; }',
      'async function a() { const x = await User.findOne({ transaction }); const y = await Team.findOne({ transaction }); return [x, y]; }',
      'async function a() { const x = await readFile(f); const y = await readFile(g); return [x, y]; }',
      'async function a() { let x = await api.getX(); const y = await api.getY(); x = 1; return [x, y]; }',
    ],
    invalid: [
      {
        before:
          'async function a(id) {\n  const ids = new IdLoader(db);\n  const x = await ids.load(id);\n  const y = await getStore(id);\n  return [x, y];\n}\n',
        after:
          'async function a(id) {\n  const ids = new IdLoader(db);\n  const [x, y] = await Promise.all([ids.load(id), getStore(id)]);\n  return [x, y];\n}\n',
      },
      {
        before:
          'async function a(id) {\n  const user = await users.getUser(id);\n  const sales = await orders.listOrders(id);\n  return { user, sales };\n}\n',
        after:
          'async function a(id) {\n  const [user, sales] = await Promise.all([users.getUser(id), orders.listOrders(id)]);\n  return { user, sales };\n}\n',
      },
      {
        before:
          'async (req, res) => {\n  const charge = order.charge_id === null ? null : await payments.getCharge(order.charge_id);\n  const rewards = await payments.getRewards(order.customer_id);\n  res.json({ charge, rewards });\n};\n',
        after:
          'async (req, res) => {\n  const [charge, rewards] = await Promise.all([\n    order.charge_id === null ? null : payments.getCharge(order.charge_id),\n    payments.getRewards(order.customer_id),\n  ]);\n  res.json({ charge, rewards });\n};\n',
      },
      {
        before:
          'async function a() {\n  const rates = await fetchRates();\n  const stock = await fetchStock();\n  return rates.eur * stock;\n}\n',
        after:
          'async function a() {\n  const [rates, stock] = await Promise.all([fetchRates(), fetchStock()]);\n  return rates.eur * stock;\n}\n',
      },
      {
        before:
          'async function a(id) {\n  const user = await users.getUser(id);\n  const sales = await orders.listOrders(id);\n  const stock = await stocks.getStock();\n  const price = await shop.getPrice(stock);\n  return { user, sales, stock, price };\n}\n',
        after:
          'async function a(id) {\n  const [user, sales, stock] = await Promise.all([\n    users.getUser(id),\n    orders.listOrders(id),\n    stocks.getStock(),\n  ]);\n  const price = await shop.getPrice(stock);\n  return { user, sales, stock, price };\n}\n',
      },
    ],
  },
});

interface Read {
  readonly statement: LeanNode;
  readonly name: LeanNode;
  readonly value: LeanNode;
  readonly awaited: LeanNode;
}

const MAX_LINE_CHARACTERS = 100;
/** What the wrapping adds to a line: `const [] = await Promise.all([]);`. */
const WRAPPING_CHARACTERS = 36;
/** What one more read adds beside its name and value: two commas with spaces, less its `await`. */
const READ_CHARACTERS = -2;

/** Within one transaction both go over one connection, one after the other in any case. */
const ONE_CONNECTION = /\b(transaction|trx|tx|queryRunner|manager|session|rejectOnEmpty)\b/;

/** Splits the statements of a block into reads that follow each other and need none of those before. */
function listChains(statements: readonly LeanNode[], text: string): Read[][] {
  const chains: Read[][] = [];
  for (const statement of statements) {
    const read = readOf(statement);
    const chain = chains.at(-1) ?? [];
    if (read === null) chains.push([]);
    else if (joins(read, chain, text)) chain.push(read);
    else chains.push([read]);
  }
  return chains;
}

function joins(read: Read, chain: readonly Read[], text: string): boolean {
  const last = chain.at(-1);
  if (last === undefined || chain.some((one) => uses(read.value, one.name.text))) return false;
  // A comment between the two, or a statement without its semicolon, is left to a person.
  return /^;\s*$/.test(text.slice(last.value.end, read.statement.start));
}

function toMatch(chain: readonly Read[], text: string): RuleMatch {
  const [first, ...others] = chain.map((read) => `\`${read.name.text}\``);
  const verbs = others.length === 1 ? ['does', 'waits'] : ['do', 'wait'];
  return {
    startOffset: chain[0]?.statement.start ?? 0,
    endOffset: chain.at(-1)?.statement.end ?? 0,
    message: `${others.join(' and ')} ${verbs[0]} not need ${first}, but ${verbs[1]} for it.`,
    fix: {
      summary: `Begin ${chain.length === 2 ? 'both' : 'these'} reads at once with \`Promise.all\`.`,
      edits: editsOf(chain, text),
    },
  };
}

function editsOf(chain: readonly Read[], text: string): TextEdit[] {
  const start = chain[0]?.statement.start ?? 0;
  const names = chain.map((read) => read.name.text).join(', ');
  const indent = indentAt(text, start);
  const values = chain.reduce((sum, read) => sum + read.value.text.length + READ_CHARACTERS, 0);
  const lineCharacters = indent.length + names.length + values + WRAPPING_CHARACTERS;
  const unit = indent.startsWith('\t') ? '\t' : '  ';
  const gap = lineCharacters > MAX_LINE_CHARACTERS ? `${lineBreakAt(text, start)}${indent}` : null;
  const step = gap === null ? '' : `${gap}${unit}`;
  return chain.flatMap((read, index) => {
    const before = chain[index - 1];
    return [
      before === undefined
        ? {
            startOffset: start,
            endOffset: read.value.start,
            text: `const [${names}] = await Promise.all([${step}`,
          }
        : {
            startOffset: before.value.end,
            endOffset: read.value.start,
            text: gap === null ? ', ' : `,${step}`,
          },
      dropAwait(read.awaited, text),
      ...(index < chain.length - 1
        ? []
        : [
            {
              startOffset: read.value.end,
              endOffset: read.statement.end,
              text: gap === null ? ']);' : `,${gap}]);`,
            },
          ]),
    ];
  });
}

/** `const name = await read(…);`, also where one branch of a condition is a literal. */
function readOf(statement: LeanNode): Read | null {
  const [declarator, ...more] = membersOf(statement);
  const name = declarator?.child('name');
  const value = declarator?.child('value');
  if (statement.type !== 'lexical_declaration' || more.length > 0 || !statement.text.startsWith('const'))
    return null;
  if (name?.type !== 'identifier' || value == null || declarator?.child('type') != null) return null;
  const branches = [value.child('consequence'), value.child('alternative')].filter((one) => one !== null);
  const awaited =
    value.type === 'await_expression'
      ? value
      : (branches.find((one) => one.type === 'await_expression') ?? null);
  const other = branches.find((one) => one !== awaited);
  if (
    awaited === null ||
    (other !== undefined && !/^(null|undefined|true|false|number|string|array)$/.test(other.type))
  ) {
    return null;
  }
  if (ONE_CONNECTION.test(value.text) || !statement.text.endsWith(';')) return null;
  return isRead(awaited.children[0]) ? { statement, name, value, awaited } : null;
}

function uses(node: LeanNode, name: string): boolean {
  let used = false;
  walk(node, (below) => {
    if (below.type.endsWith('identifier') && below.type !== 'property_identifier' && below.text === name)
      used = true;
    return !used;
  });
  return used;
}

function dropAwait(awaited: LeanNode, text: string): TextEdit {
  const gap = /^await\s*/.exec(text.slice(awaited.start, awaited.end))?.[0] ?? '';
  return { startOffset: awaited.start, endOffset: awaited.start + gap.length, text: '' };
}
