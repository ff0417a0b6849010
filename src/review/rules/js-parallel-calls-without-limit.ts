import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { argumentsOf } from '../syntax/javascript.ts';
import { goesOver, listConnections } from '../syntax/js-connections.ts';
import { findAncestor, listWithin, type SourceText, walk } from '../syntax/source-text.ts';

const IO =
  /\b(fetch|axios(\.\w+)?|got(\.\w+)?|request|undici\.\w+)\(|\.(query|execute|findOne(And\w+)?|findUnique|findById(And\w+)?|(update|delete|insert)(One|Many)|save|create|insert|update|send|publish|get|post|put|patch|delete)\(/;
const FROM_REQUEST = /\b(req|request|ctx|c|event)\b[\w.?]*\.(body|query|json|queryStringParameters)\b/;
const LIMITED =
  /p-?limit|\blimit\(|p-?map|concurrency|chunk|batch|\.slice\(|\.max\(|maxItems|Bottleneck|semaphore/i;

export default defineRule({
  id: 'js-parallel-calls-without-limit',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'As many calls at a time as the client asks for',
  summary: 'One request with a long list starts as many calls at once as the list has items.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: [],
  shownBy: { slow_beyond_fault: 0.4, retry_multiplication: 0.3 },
  advice: {
    libraryDefault:
      'ECMAScript: Promise.all starts nothing itself; map has begun all calls before the first ends.',
    source: 'ECMA-262 Promise.all; MDN Promise concurrency',
    howItMaterializes: 'A client sends a thousand ids, or the usual ten while the dependency is slow.',
    downstreamImpact:
      'The pool is taken by one request, the dependency gets a burst, and memory holds all answers.',
    discussion:
      'Bound the list in the schema, and the calls at a time with a limiter, or ask for many in one call.',
    infrastructurePattern: 'A body size limit and a rate limit in front bound the worst case.',
    benefit: 'One request costs what one request may cost.',
    risks: 'Long lists take longer.',
    monitoring: 'Calls per request at the dependency, pool waiting.',
  },
  check({ source }) {
    return source
      .nodes('call_expression')
      .map((call) => checkCall(call, source))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      "app.post('/a', async (req, res) => { const all = await Promise.all(FIXED.map((id) => fetch(url + id))); });",
      "app.post('/a', async (req, res) => { const all = await Promise.all(req.body.ids.map((id) => limit(() => fetch(url + id)))); });",
      "app.post('/a', async (req, res) => { const all = await Promise.all(req.body.ids.slice(0, 20).map((id) => fetch(url + id))); });",
      "app.post('/a', async (req, res) => { const all = await Promise.all(req.body.ids.map((id) => hash(id))); });",
      "app.post('/a', async (req, res) => { const { ids } = req.body; for (const id of ids) await fetch(url + id); });",
      "export default async (req, res) => { const connection = await getConnection(); const { ids } = req.body; await Promise.all(ids.map((id) => insert('a').given({ id }).execute(connection))); };",
      "app.post('/a', (req, res) => prisma.$transaction(async (db) => { await Promise.all(req.body.ids.map((id) => db.order.update({ where: { id } }))); }));",
      "app.post('/a', async (req, res) => { const c = await pool.connect(); await Promise.all(req.body.ids.map((id) => c.query(sql, [id]))); });",
      "const save = (req, trx) => Promise.all(req.body.ids.map(async (id) => { await trx('a').insert({ id }); await Model.create({ id }, { transaction: trx }); }));",
      "const schema = z.array(z.string()).max(10);\napp.post('/a', async (req, res) => { await Promise.all(req.body.ids.map((id) => fetch(url + id))); });",
    ],
    invalid: [
      {
        before:
          "app.post('/a', async (req, res) => { const c = await pool.connect(); await Promise.all(req.body.ids.map(async (id) => { await c.query(sql, [id]); await fetch(url + id); })); });",
        after: null,
      },
      {
        before:
          "app.post('/a', async (req, res) => { const connection = getConnection(); await Promise.all(req.body.ids.map((id) => connection.query(sql, [id]))); });",
        after: null,
      },
      {
        before:
          "app.post('/a', async (req, client) => Promise.all(req.body.ids.map((id) => client.post(url, id))));",
        after: null,
      },
      {
        before:
          "app.post('/a', (req, res) => Promise.all(req.body.map((book) => Book.findOneAndUpdate({ title: book.title }, book))));",
        after: null,
      },
      {
        before:
          "app.post('/a', async (req, res) => { const all = await Promise.all(req.body.ids.map((id) => fetch(url + id))); });",
        after: null,
      },
      {
        before:
          "app.post('/a', async (req, res) => { const { ids } = req.body; res.json(await Promise.all(ids.map(async (id) => { const r = await axios.get(url + id); return r.data; }))); });",
        after: null,
      },
      {
        before:
          "router.get('/a', async (ctx) => { const ids = ctx.request.query.ids.split(','); ctx.body = await Promise.allSettled(ids.map((id) => pool.query(sql, [id]))); });",
        after: null,
      },
    ],
  },
});

function checkCall(call: LeanNode, source: SourceText): RuleMatch | null {
  if (!/^Promise\.(all|allSettled)$/.test(call.child('function')?.text ?? '')) return null;
  const mapped = argumentsOf(call)[0];
  const callee = mapped?.type === 'call_expression' ? mapped.child('function') : null;
  const list = callee?.child('object');
  const each = mapped === undefined ? undefined : argumentsOf(mapped)[0];
  if (list == null || each === undefined || callee?.child('property')?.text !== 'map') return null;
  if (!IO.test(each.text) || LIMITED.test(source.text) || !isFromRequest(list, call)) return null;
  if (isOneAtATime(each)) return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: `The client decides how many calls this starts at a time (\`${list.text.split('\n')[0] ?? ''}\`).`,
    fix: null,
  };
}

/** Whether all calls go over one connection, which runs one at a time. */
function isOneAtATime(each: LeanNode): boolean {
  const calls: LeanNode[] = [];
  walk(each, (node) => {
    if (node.type === 'call_expression' && isIo(node)) calls.push(node);
    return true;
  });
  const connections = listConnections(each);
  return calls.length > 0 && calls.every((call) => goesOver(call, connections));
}

function isIo(call: LeanNode): boolean {
  const callee = call.child('function');
  const property = callee?.child('property')?.text;
  const object = callee?.child('object');
  if (property === undefined) return IO.test(`${callee?.text ?? ''}(`);
  return IO.test(`${object?.type === 'identifier' ? object.text : ''}.${property}(`);
}

/** Whether a list is read from the request, directly or through a name that the same function declares. */
function isFromRequest(list: LeanNode, call: LeanNode): boolean {
  if (FROM_REQUEST.test(list.text)) return true;
  if (list.type !== 'identifier') return false;
  const around = findAncestor(
    call,
    'arrow_function',
    'function_declaration',
    'function_expression',
    'method_definition',
  );
  const declared = around === null ? [] : listWithin(around, 'variable_declarator');
  return declared.some(
    (one) =>
      new RegExp(`\\b${list.text}\\b`).test(one.child('name')?.text ?? '') &&
      FROM_REQUEST.test(one.child('value')?.text ?? ''),
  );
}
