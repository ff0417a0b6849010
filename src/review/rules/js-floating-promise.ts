import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { isBrowserCode, readJsImports } from '../syntax/javascript.ts';
import { listOpenCalls } from '../syntax/js-rejections.ts';
import { enclosingFunction, listWithin, membersOf, type SourceText, walk } from '../syntax/source-text.ts';

/** What a process has that hears of a rejection: Node hands it to listeners of exceptions too, and so does winston. */
const LISTENERS = [
  'unhandledRejection',
  'uncaughtException',
  'handleRejections',
  'rejectionHandlers',
  'exitOnError: false',
];

export default defineRule({
  id: 'js-floating-promise',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'Promise that nobody waits for',
  summary: 'When it fails, nobody hears of it but Node, which ends the process.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: [],
  shownBy: { breakdown: 0.6, unclear_error: 0.3 },
  advice: {
    libraryDefault:
      'Node 15 and later: an unhandled rejection ends the process (--unhandled-rejections=throw).',
    source: 'Node docs: process "Event: unhandledRejection"; typescript-eslint no-floating-promises',
    howItMaterializes: 'The dependency fails once: the request was answered long ago, and the process ends.',
    downstreamImpact: 'All other requests of the process are lost with it.',
    discussion:
      'Await it; or say what its failure means with `.catch`, and let work that must not be lost go to a queue.',
    infrastructurePattern: 'A restart policy brings the process back, without its requests.',
    benefit: 'A failure in the background stays in the background.',
    risks: 'Awaiting makes the answer wait.',
    monitoring: 'Restarts, "unhandledRejection" in the log.',
  },
  check({ source, project }) {
    if (
      LISTENERS.some((sign) => project.holds(sign)) ||
      isBrowserCode(source, readJsImports(source), project)
    )
      return [];
    const asynchronous = asyncNames(source, project.declared);
    if (asynchronous.size === 0) return [];
    return source
      .nodes('expression_statement')
      .map((statement) => checkStatement(statement, asynchronous))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      "process.on('uncaughtException', log);\nasync function send() { await g(); }\napp.get('/a', (req, res) => { send(); });",
      "const transports = [new Console({ handleRejections: true })];\nasync function send() { await g(); }\napp.get('/a', (req, res) => { send(); });",
      "async function send() { await g(); }\napp.get('/a', async (req, res) => { await send(); });",
      "async function send() { await g(); }\napp.get('/a', (req, res) => { send().catch(log); });",
      "async function send() { await g(); }\napp.get('/a', (req, res) => { void send(); });",
      'async function main() { await g(); }\nmain();',
      "async function send() { try { await g(); } catch (error) { log(error); } }\napp.get('/a', (req, res) => { send(); });",
      "async function send(a) { const key = name(a); try { await g(key); } catch (error) { log(error); } }\napp.get('/a', (req, res) => { send(1); });",
      "async function run() { try { try { await g(); } catch (error) { return; // no need to re-throw\n} } catch (error) { log(error); } }\napp.get('/a', (req, res) => { run(); });",
      "async function renew() { timer = setTimeout(async () => { await g(); }, 9); }\napp.get('/a', (req, res) => { renew(); });",
      "async function reload(lines) { const all = await lines; return all.map(String); }\nprocess.on('message', (m) => { reload(m); });",
      "function send() { return 1; }\napp.get('/a', (req, res) => { send(); });",
      'async function send() { await g(); }\nfunction f() { function send() {} send(); }',
    ],
    invalid: [
      {
        before:
          "async function audit(order) { await db.insert(order); }\napp.post('/a', async (req, res) => { audit(req.body); res.json({}); });",
        after: null,
      },
      {
        before:
          'const notify = async (user) => { await mail.send(user); };\nexport function register(user) { notify(user); return user; }',
        after: null,
      },
      {
        before:
          'async function sync() { const r = await fetch(url); }\nsetInterval(() => { sync(); }, 1000);',
        after: null,
      },
      {
        before:
          "async function save(a) { try { await g(a); } catch (error) { throw new Failure(error); } }\napp.post('/a', (req, res) => { save(req.body); });",
        after: null,
      },
    ],
  },
});

/** Names that the file binds to async functions that may fail, each of them once, with the calls that fail in them. */
function asyncNames(
  source: SourceText,
  declared: readonly string[],
): ReadonlyMap<string, readonly string[] | null> {
  const all: { readonly name: string; readonly made: LeanNode }[] = [];
  for (const node of source.nodes('function_declaration', 'variable_declarator')) {
    const made = node.type === 'function_declaration' ? node : node.child('value');
    if (made === null) continue;
    all.push({ name: node.child('name')?.text ?? '', made });
  }
  const names = all.map((one) => one.name);
  const once = (name: string) => names.indexOf(name) === names.lastIndexOf(name);
  return new Map(
    all
      .filter(({ name, made }) => once(name) && mayReject(made))
      .map(({ name, made }) => [name, listOpenCalls(made, source, declared)]),
  );
}

function mayReject(made: LeanNode): boolean {
  const body = made.child('body');
  if (!/^async\b/.test(made.text) || body === null || !/\bawait\b/.test(body.text)) return false;
  let open = false;
  walk(body, (node) => {
    if (isFailing(node) && !isCaught(node, body)) open = true;
    return !/function|method_definition/.test(node.type);
  });
  return open;
}

/** A call that is awaited; a value that is handed over may be no promise at all. */
function isFailing(node: LeanNode): boolean {
  return node.type === 'await_expression' && /_expression$/.test(membersOf(node)[0]?.type ?? '');
}

/** Whether a `try` of the function takes what fails here, and does not throw again. */
function isCaught(node: LeanNode, body: LeanNode): boolean {
  for (let one = node; one.parent !== null && one !== body; one = one.parent) {
    const handler = one.parent.type === 'try_statement' ? one.parent.child('handler') : null;
    // What it throws again, a `try` further out may take.
    if (handler !== null && one.field === 'body' && listWithin(handler, 'throw_statement').length === 0)
      return true;
  }
  return false;
}

function checkStatement(
  statement: LeanNode,
  asynchronous: ReadonlyMap<string, readonly string[] | null>,
): RuleMatch | null {
  const call = statement.children[0];
  const callee = call?.type === 'call_expression' ? call.child('function') : null;
  if (call === undefined || callee?.type !== 'identifier' || !asynchronous.has(callee.text)) return null;
  // At the top level it is the program itself, whose failure may end the process.
  if (enclosingFunction(statement) === null) return null;
  const rejectedBy = asynchronous.get(callee.text) ?? null;
  return {
    ...(rejectedBy === null ? {} : { rejectedBy }),
    startOffset: call.start,
    endOffset: call.end,
    message: `Nobody waits for \`${callee.text}\`, nor for its failure.`,
    fix: null,
  };
}
