import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { replaceNode } from '../syntax/insert.ts';
import { argumentsOf, type JsBinding, readJsImports } from '../syntax/javascript.ts';
import { membersOf, type SourceText } from '../syntax/source-text.ts';

/** Node's own limits, in milliseconds. */
const DEFAULTS: Readonly<Record<string, number>> = { requestTimeout: 300_000, headersTimeout: 60_000 };
const SERVER_MODULES = new Set(['http', 'https', 'http2', 'node:http', 'node:https', 'node:http2']);
const FRAMEWORKS = new Set(['express', 'koa', 'fastify', '@nestjs/core', 'connect', 'restify', 'next']);
const SERVER_MAKER = /(^|\.)(createServer|createSecureServer|listen|getHttpServer)$/;

export default defineRule({
  id: 'js-server-limits-turned-off',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'Server with its time limits turned off (Node)',
  summary: 'A server without these limits keeps a connection for every client that sends slowly or never.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: [],
  shownBy: { hang: 0.2 },
  advice: {
    libraryDefault:
      'Node 18 and later: requestTimeout 300 s and headersTimeout 60 s, which 0 turns off; before Node 18 requestTimeout was off.',
    source: 'Node.js documentation http "server.requestTimeout" and "server.headersTimeout"',
    howItMaterializes:
      'Clients on bad networks, or with bad intent (Slowloris), send a request byte by byte and hold a connection each.',
    downstreamImpact: 'Sockets and memory run out while the server looks idle.',
    discussion:
      'The limits count the time in which the request arrives, not the time of our own work, so long answers and event streams need no 0 here.',
    infrastructurePattern: 'A load balancer that buffers requests keeps slow clients away.',
    benefit: 'Slow clients cost minutes instead of a connection for good.',
    risks: 'Uploads that take longer are refused with 408: give those a higher limit.',
    monitoring: 'Open connections, answers with 408.',
  },
  check({ source }) {
    const names = readJsImports(source);
    return [...checkAssignments(source, names), ...checkOptions(source, names)];
  },
  examples: {
    valid: [
      "import http from 'node:http';\nconst server = http.createServer(app);\nserver.requestTimeout = 60000;",
      "import http from 'node:http';\nconst server = http.createServer({ requestTimeout: 60000 }, app);",
      'class Client { stop() { this.requestTimeout = 0; } }',
      "import { Client } from './client.js';\nconst client = new Client();\nclient.requestTimeout = 0;",
      "import http from 'node:http';\nconst server = http.createServer(app);\nserver.keepAliveTimeout = 0;",
      "import http from 'node:http';\nconst server = http.createServer(app);\nserver.timeout = 0;",
      "import { createServer } from './own.js';\ncreateServer({ requestTimeout: 0 });",
    ],
    invalid: [
      {
        before:
          "import http from 'node:http';\nconst server = http.createServer(app);\nserver.requestTimeout = 0;",
        after:
          "import http from 'node:http';\nconst server = http.createServer(app);\nserver.requestTimeout = 300000;",
      },
      {
        before:
          "import express from 'express';\nconst server = express().listen(80);\nserver.headersTimeout = 0;",
        after:
          "import express from 'express';\nconst server = express().listen(80);\nserver.headersTimeout = 60000;",
      },
      {
        before:
          "const { createServer } = require('https');\ncreateServer({ key, cert, headersTimeout: 0, requestTimeout: 0 }, app).listen(443);",
        after:
          "const { createServer } = require('https');\ncreateServer({ key, cert, headersTimeout: 60000, requestTimeout: 300000 }, app).listen(443);",
      },
    ],
  },
});

/** `server.requestTimeout = 0` where the file makes that server. */
function checkAssignments(source: SourceText, names: ReadonlyMap<string, JsBinding>): RuleMatch[] {
  const modules = [...names.values()].map((binding) => binding.module);
  if (!modules.some((name) => SERVER_MODULES.has(name) || FRAMEWORKS.has(name))) return [];
  const servers = new Set(
    source.nodes('variable_declarator', 'assignment_expression').flatMap((one) => {
      const value = one.child('value') ?? one.child('right');
      const made = value?.type === 'await_expression' ? value.children[0] : value;
      const isServer =
        made?.type === 'call_expression' && SERVER_MAKER.test(made.child('function')?.text ?? '');
      return isServer ? [(one.child('name') ?? one.child('left'))?.text ?? ''] : [];
    }),
  );
  return source.nodes('assignment_expression').flatMap((one) => {
    const left = one.child('left');
    const name = left?.child('property')?.text ?? '';
    if (!servers.has(left?.child('object')?.text ?? '')) return [];
    return toMatches(name, one.child('right'));
  });
}

/** `createServer({ requestTimeout: 0 })` of Node's own modules. */
function checkOptions(source: SourceText, names: ReadonlyMap<string, JsBinding>): RuleMatch[] {
  return source.nodes('call_expression').flatMap((call) => {
    const [object = '', member] = (call.child('function')?.text ?? '').split('.');
    const binding = names.get(object);
    const name = member ?? binding?.name ?? '';
    if (!SERVER_MODULES.has(binding?.module ?? '') || !/^create(Secure)?Server$/.test(name)) return [];
    const options = argumentsOf(call)[0];
    const pairs = options?.type === 'object' ? membersOf(options) : [];
    return pairs.flatMap((pair) => toMatches(pair.child('key')?.text ?? '', pair.child('value')));
  });
}

function toMatches(name: string, value: LeanNode | null): RuleMatch[] {
  const limit = DEFAULTS[name];
  if (limit === undefined || value?.text !== '0') return [];
  return [
    {
      startOffset: value.start,
      endOffset: value.end,
      message: `\`${name}\` 0 turns off what ends a client that never finishes its request.`,
      fix: { summary: `Go back to Node's ${limit / 1_000} s.`, edits: [replaceNode(value, `${limit}`)] },
    },
  ];
}
