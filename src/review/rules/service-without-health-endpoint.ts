import { defineRule } from '../rule.ts';
import { ENTRY_LANGUAGES, listServiceEntries } from '../syntax/service-entry.ts';

const SIGNS = [
  'health',
  'Health',
  '/ready',
  '/live',
  '/ping',
  '/status',
  '/alive',
  'heartbeat',
  'heart_beat',
  'readiness',
  'liveness',
  'terminus',
  ...servedBy('parse-server'),
  ...servedBy('directus'),
  ...servedBy('@strapi/strapi'),
  ...servedBy('apollo-server'),
  ...servedBy('apollo-server-express'),
  ...servedBy('apollo-server-koa'),
];

/**
 * How files import a product that serves one itself: Parse Server `/health` below its mount path, Directus
 * `/server/health`, Strapi `/_health` (issue 8331 of parse-server; docs of Directus "Server health", of Strapi), Apollo
 * Server 2 and 3 `/.well-known/apollo/server-health` (its docs, "Health checks").
 */
function servedBy(module: string): readonly string[] {
  return [`'${module}'`, `"${module}"`];
}

/** Paths that a probe may ask as well. */
const ROOT = /\(\s*['"](\/(?:api(?:\/v\d+)?)?\/?)['"]/.source;
const CONSTANT = /('[^']*'|"[^"]*"|`[^`$]*`|\{(\s*\w+\s*:\s*('[^']*'|"[^"]*"|true|\d+)\s*,?)*\s*\}|20[04])/
  .source;
/** `res.send(`, `res.status(200).json(`, `c.text(`, `ctx.body =`, `return`, `(` */
const ANSWER =
  /((return\s+)?\w+(\.(status|code)\(\s*20[04]\s*\))?\.(send|json|text|end|sendStatus)\(|\w+\.body\s*=|return\b|\()\s*/
    .source;
/** `app.get('/', (req, res) => res.send('ok'))`: nothing stands before the handler that could ask who it is. */
const JS_ROUTE = new RegExp(
  `\\.get${ROOT}\\s*,\\s*(?:async\\s*)?(?:\\([^()]*\\)|\\w+)\\s*=>\\s*\\{?\\s*${ANSWER}${CONSTANT}`,
  'g',
);
/** `@app.get("/")` above `def root(): return {"message": "hello"}` */
const PYTHON_ROUTE = new RegExp(
  String.raw`@\w+\.(?:get|route)${ROOT}[^)\n]*\)\s+(?:async\s+)?def\s+\w+\(\s*\)[^:\n]*:\s+return\s+("[^"\n]*"|'[^'\n]*'|\{(\s*["']\w+["']\s*:\s*("[^"\n]*"|True|\d+)\s*,?)*\s*\})\s*$`,
  'gm',
);

export default defineRule({
  id: 'service-without-health-endpoint',
  languages: ENTRY_LANGUAGES,
  title: 'No health endpoint',
  summary: 'Nothing outside can tell a process that answers from one that should be taken out.',
  severity: 'info',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: [],
  ofService: true,
  shownBy: {},
  advice: {
    libraryDefault: 'None of these frameworks has a health endpoint unless one is written.',
    source: 'Kubernetes docs "Liveness, Readiness, and Startup Probes"; Google SRE Book, chapter 6',
    howItMaterializes: 'A process that lost its database keeps getting its share of the requests.',
    downstreamImpact: 'Part of the requests fails although healthy replicas are there.',
    discussion:
      'Readiness says 503 while a dependency that every request needs is gone, with a short time limit of its own; liveness asks the process alone, or a dead dependency restarts all replicas.',
    infrastructurePattern: 'A TCP check of the load balancer sees a dead process, not a useless one.',
    benefit: 'Traffic goes where it can be answered.',
    risks: 'A readiness check that asks too much takes all replicas out at once.',
    monitoring: 'Health by replica, replicas in rotation.',
  },
  check({ source, project }) {
    if (SIGNS.some((sign) => project.holds(sign))) return [];
    if ([JS_ROUTE, PYTHON_ROUTE].some((route) => project.capturesOf(route).length > 0)) return [];
    return listServiceEntries(source).map((entry) => ({
      startOffset: entry.start,
      endOffset: entry.end,
      message: 'No health, readiness or liveness endpoint was found in this project.',
      fix: null,
    }));
  },
  examples: {
    valid: [
      "import express from 'express';\nconst app = express();\napp.get('/healthz', (req, res) => res.sendStatus(200));",
      "import express from 'express';\nimport { ParseServer } from 'parse-server';\nconst app = express();\napp.use('/app', new ParseServer(config).app);",
      "import express from 'express';\nimport { ApolloServer } from 'apollo-server-express';\nconst app = express();",
      'const express = require("express");\nconst directus = require("directus");\nconst app = express();',
      "import express from 'express';\nexport const router = express.Router();",
      {
        language: 'typescript',
        code: "import express from 'express';\nconst app = express();\napp.get('/api/v1', (req: Request, res) => {\n  res.send('OK')\n})",
      },
      "import { Hono } from 'hono';\nconst app = new Hono();\napp.get('/', (c) => c.json({ ok: true, name: 'shop' }));",
      "import express from 'express';\nconst app = express();\napp.get('/api', (_, res) => res.status(200).json({ status: 'up' }));",
      "import { Hono } from './hono.js';\nconst app = new Hono();",
      {
        language: 'python',
        code: 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/ready")\ndef ready():\n    return {}\n',
      },
      {
        language: 'go',
        code: 'package a\nimport "github.com/gin-gonic/gin"\nfunc main() { r := gin.Default(); r.GET("/health", ok) }\n',
      },
      {
        language: 'python',
        code: 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/api/heartbeat")\ndef beat():\n    return {}\n',
      },
      {
        language: 'python',
        code: 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/")\nasync def root() -> dict:\n    return {"message": "hello"}\n',
      },
      { language: 'python', code: 'from mylib import FastAPI\napp = FastAPI()\n' },
    ],
    invalid: [
      {
        before:
          "import express from 'express';\nconst app = express();\napp.get('/', requireLogin, (req, res) => res.send('OK'));",
        after: null,
      },
      {
        before:
          "import express from 'express';\nconst app = express();\napp.get('/api', (req, res) => res.send(list()));\napp.get('/about', (req, res) => res.send('us'));",
        after: null,
      },
      {
        language: 'python',
        before:
          'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/")\ndef root():\n    return {"orders": list_orders()}\n',
        after: null,
      },
      { before: "import express from 'express';\nconst app = express();\napp.get('/a', f);", after: null },
      {
        before:
          "import express from 'express';\nimport { parse } from './parse-server-log.js';\nconst app = express();",
        after: null,
      },
      { language: 'python', before: 'from fastapi import FastAPI\napp = FastAPI()\n', after: null },
      {
        language: 'go',
        before:
          'package a\nimport "github.com/gin-gonic/gin"\nfunc main() { r := gin.Default(); r.GET("/a", f) }\n',
        after: null,
      },
    ],
  },
});
