import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleFix, type RuleMatch } from '../rule.ts';
import { insertAt } from '../syntax/insert.ts';
import { argumentsOf, declares, readJsImports } from '../syntax/javascript.ts';
import { indentAt, lineBreakAt, type SourceText } from '../syntax/source-text.ts';

const SERVERS = new Set(['express', 'fastify', 'koa', 'http', 'node:http', 'restify', '@nestjs/core']);
const LOOPBACK = /^['"`](127\.0\.0\.1|localhost|::1)['"`]$/;
const STOPS = [
  'SIGTERM',
  'close-with-grace',
  'http-terminator',
  'terminus',
  'enableShutdownHooks',
  'graceful',
  'stoppable',
];

export default defineRule({
  id: 'js-server-without-graceful-stop',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'Server that drops requests when it is stopped',
  summary:
    'On SIGTERM the process ends at once, and the requests in flight with it: each deployment costs errors.',
  severity: 'low',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['express', 'fastify', 'koa', '@nestjs/core'],
  shownBy: {},
  advice: {
    libraryDefault:
      'Node (all versions): without a listener for SIGTERM the signal ends the process at once.',
    source: 'Node docs: process "Signal events"; http server.close (closes idle connections since Node 19)',
    howItMaterializes: 'Deployment, scale-down or a moved container sends SIGTERM in the middle of requests.',
    downstreamImpact: 'Callers see resets, and repeat writes that may have been done.',
    discussion:
      'Stop taking connections, let the rest end, close pools, and end before the platform kills (30 s in Kubernetes).',
    infrastructurePattern: 'A preStop pause gives the load balancer time to take the process out.',
    benefit: 'Deployments without errors.',
    risks: 'A request that never ends keeps the process: set a limit after which it exits anyway.',
    monitoring: 'Errors during deployments; time from SIGTERM to exit.',
  },
  check({ source, project }) {
    const modules = [...readJsImports(source).values()].map((binding) => binding.module);
    if (!modules.some((module) => SERVERS.has(module)) || STOPS.some((part) => project.holds(part)))
      return [];
    const servers = new Set<string>();
    return source.nodes('call_expression').flatMap((call) => {
      const match = checkListen(call, source);
      const server = call.child('function')?.child('object')?.text ?? '';
      // With and without a host, in two branches, it is one server.
      if (match === null || servers.has(server)) return [];
      servers.add(server);
      return [match];
    });
  },
  examples: {
    valid: [
      "import express from 'express';\nconst app = express();\nconst server = app.listen(3000);\nprocess.on('SIGTERM', () => server.close());\n",
      "import express from 'express';\nexport const app = express();\n",
      "import { NestFactory } from '@nestjs/core';\nconst app = await NestFactory.create(M);\napp.enableShutdownHooks();\nawait app.listen(3000);\n",
      "import express from 'express';\nimport { createHttpTerminator } from 'http-terminator';\nexpress().listen(3000);\n",
      "import http from 'node:http';\nconst server = http.createServer(handle);\nserver.listen(0, '127.0.0.1', () => resolve(server.address()));\n",
      "import http from 'node:http';\nconst server = http.createServer(handle);\nserver.listen(9090, 'localhost');\n",
      "import mitt from 'mitt';\nconst bus = mitt();\nbus.listen(3);\n",
      "import express from 'express';\nconst app = express();\nevents.listen('orders');\n",
    ],
    invalid: [
      {
        before: "import express from 'express';\nconst app = express();\napp.listen(3000);\n",
        after:
          "import express from 'express';\nconst app = express();\nconst server = app.listen(3000);\nprocess.on('SIGTERM', () => server.close());\n",
      },
      {
        before:
          "const express = require('express');\nconst app = express();\napp.listen(port, () => {\n  logger.info('up');\n});\n",
        after:
          "const express = require('express');\nconst app = express();\nconst server = app.listen(port, () => {\n  logger.info('up');\n});\nprocess.on('SIGTERM', () => server.close());\n",
      },
      {
        before:
          "import Fastify from 'fastify';\nconst fastify = Fastify();\nawait fastify.listen({ port: 3000 });\n",
        after:
          "import Fastify from 'fastify';\nconst fastify = Fastify();\nawait fastify.listen({ port: 3000 });\nprocess.on('SIGTERM', () => fastify.close());\n",
      },
    ],
  },
});

const SERVER_NAME =
  /^(app|server|fastify|httpServer|api)$|^(express|fastify|http\.createServer|createServer)\(/i;

function checkListen(call: LeanNode, source: SourceText): RuleMatch | null {
  const callee = call.child('function');
  const object = callee?.child('object');
  if (object == null || callee?.child('property')?.text !== 'listen' || !SERVER_NAME.test(object.text))
    return null;
  const given = argumentsOf(call);
  // A path is a local socket; port 0, or this machine's own address, is no door for others' requests.
  if (/^(['"`]|0$)/.test(given[0]?.text ?? '') || given.some((one) => LOOPBACK.test(one.text))) return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: 'Nothing listens for SIGTERM: a stop ends the requests in flight.',
    fix: fixOf(call, object, source),
  };
}

/** Only for a statement of its own at the top level: elsewhere the code around decides what is closed. */
function fixOf(call: LeanNode, object: LeanNode, source: SourceText): RuleFix | null {
  const awaited = call.parent?.type === 'await_expression' ? call.parent : null;
  const statement = (awaited ?? call).parent;
  if (statement?.type !== 'expression_statement' || statement.parent?.type !== 'program') return null;
  if (object.type !== 'identifier') return null;
  const isFastify = awaited !== null && /fastify/i.test(source.text);
  if (!isFastify && (awaited !== null || declares(source, 'server'))) return null;
  const stop = `process.on('SIGTERM', () => ${isFastify ? object.text : 'server'}.close());`;
  const gap = `${lineBreakAt(source.text, statement.start)}${indentAt(source.text, statement.start)}`;
  const name = isFastify ? [] : [insertAt(statement.start, 'const server = ')];
  return {
    summary: 'Let requests in flight end before the process does.',
    edits: [...name, insertAt(statement.end, `${gap}${stop}`)],
  };
}
