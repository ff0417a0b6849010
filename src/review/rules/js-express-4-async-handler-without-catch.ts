import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type ProjectFacts, type RuleMatch } from '../rule.ts';
import { argumentsOf, type JsBinding, readJsImports } from '../syntax/javascript.ts';
import { isAnswered } from '../syntax/js-answered.ts';
import { listOpenCalls } from '../syntax/js-rejections.ts';
import { findAncestor, listWithin, type SourceText } from '../syntax/source-text.ts';

const VERBS = /^(get|post|put|patch|delete|all|use)$/;

/** What a process listens to that does not end at a rejection; without, Node 15 and later do. */
const LISTENERS = ["process.on('unhandledRejection'", "process.on('uncaughtException'"];

export default defineRule({
  id: 'js-express-4-async-handler-without-catch',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'Async handler of Express 4 whose errors reach nobody',
  summary:
    'Express 4 ignores the promise of a handler: when it rejects, the request hangs and the process may end.',
  severity: 'high',
  priority: 'critical',
  complexity: 'low',
  cost: 'medium',
  packages: ['express'],
  shownBy: { breakdown: 0.7, hang: 0.6, hang_on_error: 0.8 },
  advice: {
    libraryDefault:
      'Express 4 does not pass rejected promises to `next`; Express 5 does. Since Node 15 an unhandled rejection ends the process.',
    source: 'expressjs.com/en/guide/error-handling.html (4.x and 5.x); Node.js docs --unhandled-rejections',
    howItMaterializes:
      'A dependency fails, the `await` throws, and no answer is ever sent: the client waits for its whole limit.',
    downstreamImpact: 'One failing call ends the process, and with it all the requests that it was serving.',
    discussion:
      'Express 5 mends all handlers at once. Until then, wrap handlers (`express-async-errors`, or a function that calls `.catch(next)`), or catch in each.',
    infrastructurePattern: 'A response timeout at the load balancer ends the wait of the client.',
    benefit: 'A failure of a dependency becomes an answer of the error middleware.',
    risks: 'Express 5 changes path patterns and some methods: read its migration guide.',
    monitoring: 'Unhandled rejections, restarts, requests without an answer.',
  },
  check({ source, project }) {
    const version = project.versionOf('express');
    if (version === null || !/^[\^~v=]?4(\.|$)/.test(version)) return [];
    if (project.holds('express-async-errors') || project.holds('express-promise-router')) return [];
    const names = readJsImports(source);
    const routers = listRouters(source, names);
    return source
      .nodes('call_expression')
      .flatMap((call) => listHandlers(call, routers))
      .map((handler) => checkHandler(handler, source, project))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      {
        code: "import express from 'express';\nprocess.on('uncaughtException', log);\nconst app = express();\napp.post('/', async (req, res) => { res.status(202).json({}); await send(req.body); });\napp.post('/b', async (req, res) => { try { await send(1); res.json({}); } catch (error) { res.status(500).end(); } if (req.file) { await rm(req.file); } });",
        versions: { express: '4.19.2' },
      },
      {
        code: "import express from 'express';\nconst app = express();\napp.get('/', async (req, res) => { res.json(await load()); });",
        versions: { express: '5.1.0' },
      },
      {
        code: "import express from 'express';\nconst app = express();\napp.get('/', async (req, res, next) => { try { res.json(await load()); } catch (error) { next(error); } });",
        versions: { express: '4.19.2' },
      },
      {
        code: "import 'express-async-errors';\nimport express from 'express';\nconst app = express();\napp.get('/', async (req, res) => { res.json(await load()); });",
        versions: { express: '4.19.2' },
      },
      {
        code: "import express from 'express';\nconst app = express();\napp.get('/', wrap(async (req, res) => { res.json(await load()); }));",
        versions: { express: '4.19.2' },
      },
      {
        code: "import express from 'express';\nconst app = express();\napp.get('/', (req, res) => { res.json({}); });\napp.get('/b', async (req, res) => { res.json({}); });",
        versions: { express: '4.19.2' },
      },
      "import express from 'express';\nconst app = express();\napp.get('/', async (req, res) => { res.json(await load()); });",
      {
        code: "const fastify = require('fastify')();\nfastify.get('/', async (req, res) => { return load(); });",
        versions: { express: '4.19.2' },
      },
    ],
    invalid: [
      {
        before:
          "import express from 'express';\nconst app = express();\napp.post('/', async (req, res) => { res.json({}); await send(req.body); });",
        after: null,
        versions: { express: '4.19.2' },
      },
      {
        before:
          "import express from 'express';\nprocess.on('uncaughtException', log);\nconst app = express();\napp.post('/', async (req, res) => { if (req.body) { res.json({}); } await send(req.body); });",
        after: null,
        versions: { express: '4.19.2' },
      },
      {
        before:
          "import express from 'express';\nprocess.on('uncaughtException', log);\nconst app = express();\napp.post('/', async (req, res) => { try { res.json({}); } catch (error) { log(error); } await send(1); });",
        after: null,
        versions: { express: '4.19.2' },
      },
      {
        before:
          "import express from 'express';\nconst app = express();\napp.get('/', async (req, res) => { res.json(await load()); });",
        after: null,
        versions: { express: '4.19.2' },
      },
      {
        before:
          "const { Router } = require('express');\nconst router = Router();\nrouter.post('/', auth, async function (req, res) { const a = await save(req.body); res.json(a); });",
        after: null,
        versions: { express: '^4.18.0' },
      },
      {
        before:
          "import express from 'express';\nconst r = express.Router();\nr.get('/', async (req, res) => { const a = await first(); try { await second(); } catch { } res.json(a); });",
        after: null,
        versions: { express: '~4.17.1' },
        language: 'typescript',
      },
    ],
  },
});

/** Names bound to `express()`, `express.Router()` or `Router()`. */
function listRouters(source: SourceText, names: ReadonlyMap<string, JsBinding>): ReadonlySet<string> {
  const routers = new Set<string>();
  for (const declarator of source.nodes('variable_declarator')) {
    const value = declarator.child('value');
    const name = declarator.child('name');
    if (
      name?.type !== 'identifier' ||
      (value?.type !== 'call_expression' && value?.type !== 'new_expression')
    )
      continue;
    const made = value.child('function') ?? value.child('constructor');
    const [object = '', property] = (made?.text ?? '').split('.');
    const binding = names.get(object);
    if (binding?.module !== 'express') continue;
    if (property === 'Router' || property === undefined) routers.add(name.text);
  }
  return routers;
}

function listHandlers(call: LeanNode, routers: ReadonlySet<string>): LeanNode[] {
  const callee = call.child('function');
  if (callee?.type !== 'member_expression' || !routers.has(callee.child('object')?.text ?? '')) return [];
  if (!VERBS.test(callee.child('property')?.text ?? '')) return [];
  return argumentsOf(call).filter(
    (one) => ['arrow_function', 'function_expression'].includes(one.type) && /^async\b/.test(one.text),
  );
}

function checkHandler(handler: LeanNode, source: SourceText, project: ProjectFacts): RuleMatch | null {
  // With a listener the process goes on, and whoever has an answer waits for nothing.
  const isHeard = LISTENERS.some((event) => project.holds(event));
  const body = handler.child('body');
  const open =
    body === null
      ? undefined
      : listWithin(handler, 'await_expression').find(
          (one) => !isCaught(one, handler) && !(isHeard && isAnswered(one, handler)),
        );
  if (open === undefined) return null;
  const rejectedBy = listOpenCalls(handler, source, project.declared);
  return {
    ...(rejectedBy === null ? {} : { rejectedBy }),
    startOffset: handler.start,
    endOffset: open.end,
    message: 'This handler awaits outside of `try`; under Express 4 a rejection is passed to nobody.',
    fix: null,
  };
}

/** Whether a `try` with `catch` within the handler holds the node. */
function isCaught(node: LeanNode, handler: LeanNode): boolean {
  for (
    let attempt = findAncestor(node, 'try_statement');
    attempt !== null;
    attempt = findAncestor(attempt, 'try_statement')
  ) {
    if (attempt.start < handler.start) return false;
    const tried = attempt.child('body');
    if (
      attempt.child('handler') !== null &&
      tried !== null &&
      node.start >= tried.start &&
      node.end <= tried.end
    )
      return true;
  }
  return /\.catch\($|\.catch\(/.test(node.text);
}
