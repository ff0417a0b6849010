import { defineRule, type ProjectFacts } from '../rule.ts';
import { listServiceEntries } from '../syntax/service-entry.ts';

/** How a project shows that its requests, or its server, have a limit of their own. */
const DEADLINES = [
  'connect-timeout',
  'express-timeout-handler',
  'koa-timeout',
  'hono/timeout',
  'handlerTimeout',
  'requestTimeout',
  'timeoutMiddleware',
  'TimeoutMiddleware',
  'TimeoutInterceptor',
  'res.setTimeout(',
  'req.setTimeout(',
  'response.setTimeout(',
  'request.setTimeout(',
  'server.setTimeout(',
  'server.timeout',
];
/** What a handler may wait for. */
const WAITS = [
  'fetch(',
  'axios',
  "from 'got'",
  'undici',
  "'pg'",
  '"pg"',
  'mongoose',
  'prisma',
  'sequelize',
  'typeorm',
  'knex',
];

export default defineRule({
  id: 'js-service-without-request-deadline',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'No deadline for requests',
  summary: 'A request that waits for a slow dependency has no limit of its own: the slowest call sets it.',
  severity: 'info',
  priority: 'nice-to-have',
  complexity: 'medium',
  cost: 'low',
  packages: ['express', 'koa', 'hono'],
  ofService: true,
  shownBy: { hang: 0.3 },
  advice: {
    libraryDefault:
      'Express, Koa and Hono (all versions) set no limit for handlers; Node 13 and later: server.timeout 0, which is none; requestTimeout counts only until the request has arrived.',
    source:
      'Node.js documentation http "server.timeout" and "server.requestTimeout"; Express "Timeout" middleware',
    howItMaterializes:
      'A handler makes three calls, each within its limit: together they take longer than the client waits.',
    downstreamImpact:
      'Clients and load balancers give up first, try again, and the first request still works for nobody.',
    discussion:
      'A middleware that answers 503 after a deadline, and passes an AbortSignal to the calls of the handler, ends both the waiting and the work.',
    infrastructurePattern:
      'A response timeout per route at the load balancer bounds the wait of clients, not the work.',
    benefit: 'Slow requests end at a time that is known, with an answer that says why.',
    risks: 'Uploads, downloads and event streams need a deadline of their own, or none.',
    monitoring: 'p99 and longest request by route; answers with 503 from the deadline.',
  },
  check({ source, project }) {
    // Fastify has limits of its own, which another rule looks at.
    if (/["'](fastify|@hapi\/hapi)["']/.test(source.text)) return [];
    if (isOfWorkers(source.text, project)) return [];
    const entries = listServiceEntries(source);
    const waits = entries.length > 0 && WAITS.some((part) => project.holdsNearby(part));
    if (!waits || DEADLINES.some((part) => project.holds(part))) return [];
    return entries.map((entry) => ({
      startOffset: entry.start,
      endOffset: entry.end,
      message: 'Nothing in this service ends a request that takes too long.',
      fix: null,
    }));
  },
  examples: {
    valid: [
      {
        code: "import { Hono } from 'hono';\nconst app = new Hono();\nexport default app;\nfetch(url);",
        versions: { hono: '4.6.0', wrangler: '4.1.0' },
      },
      "import express from 'express';\nconst app = express();\napp.get('/', (req, res) => { res.setTimeout(5000); load(); });\nfetch(url);",
      "import express from 'express';\nimport timeout from 'connect-timeout';\nconst app = express();\napp.use(timeout('5s'));\nfetch(url);",
      "import express from 'express';\nconst app = express();\napp.get('/', (req, res) => res.json({}));",
      "import { Hono } from 'hono';\nimport { timeout } from 'hono/timeout';\nconst app = new Hono();\napp.use(timeout(5000));\nfetch(url);",
      "import Fastify from 'fastify';\nconst app = Fastify();\nfetch(url);",
      'fetch(url);',
    ],
    invalid: [
      {
        before: "import { Hono } from 'hono';\nconst app = new Hono();\nexport default app;\nfetch(url);",
        after: null,
        versions: { hono: '4.6.0', wrangler: '4.1.0', '@hono/node-server': '1.13.0' },
      },
      {
        before: "import express from 'express';\nconst app = express();\napp.get('/', () => fetch(url));",
        after: null,
      },
      {
        before:
          "const Koa = require('koa');\nconst { Pool } = require('pg');\nconst app = new Koa();\napp.listen(80);",
        after: null,
      },
      {
        before: "import { Hono } from 'hono';\nimport axios from 'axios';\nexport const app = new Hono();",
        after: null,
        language: 'typescript',
      },
    ],
  },
});

/** Whether the service runs on Cloudflare Workers, which bound what a request may take (Workers docs, "Limits"). */
function isOfWorkers(text: string, { versionOf }: ProjectFacts): boolean {
  return (
    text.includes('new Hono') && versionOf('wrangler') !== null && versionOf('@hono/node-server') === null
  );
}
