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
  findingWhen: 'measured',
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
      { language: 'python', code: 'from mylib import FastAPI\napp = FastAPI()\n' },
    ],
    invalid: [
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
