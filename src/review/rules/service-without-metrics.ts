import { defineRule } from '../rule.ts';
import { ENTRY_LANGUAGES, listServiceEntries } from '../syntax/service-entry.ts';

const SIGNS = [
  'prometheus',
  'prom-client',
  'opentelemetry',
  'openTelemetry',
  'dd-trace',
  'ddtrace',
  'datadog',
  'newrelic',
  'statsd',
  'sentry',
  'Sentry',
  'appmetrics',
  'appsignal',
  'applicationinsights',
  'elastic-apm',
  'elasticapm',
  'logfire',
  'metrics',
  'Metrics',
];

/** Packages that a plugin, or the start of the process, brings in without code of the project's own. */
const PACKAGE = /\b(prom(etheus)?|opentelemetry|metrics|statsd|newrelic|dd-trace|sentry|elastic-apm)\b/;

/** A route for what the service counts for itself, and not for one of the things it keeps: `/api/stats/summary`. */
const OWN_COUNTS = /["'`](\/api(?:\/v\d+)?\/(?:stats|statistics)(?:\/[\w/-]+)?)["'`]/g;

export default defineRule({
  id: 'service-without-metrics',
  languages: ENTRY_LANGUAGES,
  title: 'No metrics or tracing',
  summary: 'Nobody sees a time limit strike, a retry or a full pool before users do.',
  severity: 'info',
  priority: 'recommended',
  complexity: 'medium',
  cost: 'low',
  packages: [],
  ofService: true,
  shownBy: {},
  advice: {
    libraryDefault: 'None of these frameworks measures anything unless told to.',
    source: 'Google SRE Book, chapter 6 "Monitoring Distributed Systems"; OpenTelemetry docs',
    howItMaterializes: 'A dependency gets slower from week to week; the first sign is the outage.',
    downstreamImpact: 'Each incident begins with guessing.',
    discussion:
      'OpenTelemetry instruments HTTP servers, clients and database drivers without changes to the code.',
    infrastructurePattern: 'A sidecar or load balancer measures requests from outside.',
    benefit: 'Latency, errors, traffic and saturation are known, by dependency too.',
    risks: 'Labels with ids in them make metrics expensive.',
    monitoring: 'The four golden signals, for each dependency as well.',
  },
  check({ source, project }) {
    if (SIGNS.some((sign) => project.holds(sign)) || project.declared.some((name) => PACKAGE.test(name)))
      return [];
    const [counts] = project.capturesOf(OWN_COUNTS);
    const but = counts === undefined ? '' : `; \`${counts}\` may show what it counts itself`;
    return listServiceEntries(source).map((entry) => ({
      startOffset: entry.start,
      endOffset: entry.end,
      message: `No library for metrics or tracing was found in the code of this project${but}.`,
      leadUntilMeasured: counts !== undefined,
      fix: null,
    }));
  },
  examples: {
    valid: [
      "import express from 'express';\nimport client from 'prom-client';\nconst app = express();",
      "import express from 'express';\nimport appInsights from 'applicationinsights';\nappInsights.setup(key).start();\nconst app = express();",
      "import './opentelemetry.js';\nimport express from 'express';\nconst app = express();",
      {
        code: "import express from 'express';\nconst app = express();",
        versions: { express: '4.19.2', '@shop/devices-prom': '1.0.0' },
      },
      "import { routes } from 'express';\nroutes();",
      {
        language: 'python',
        code: 'from fastapi import FastAPI\nfrom prometheus_fastapi_instrumentator import Instrumentator\napp = FastAPI()\n',
      },
      {
        language: 'go',
        code: 'package a\nimport (\n\t"github.com/gin-gonic/gin"\n\t"github.com/prometheus/client_golang/prometheus/promhttp"\n)\nfunc main() { gin.Default() }\n',
      },
    ],
    invalid: [
      { before: "import Fastify from 'fastify';\nconst app = Fastify();", after: null },
      {
        before: "import express from 'express';\nconst app = express();",
        after: null,
        versions: { express: '4.19.2', 'is-promise': '4.0.0' },
      },
      { language: 'python', before: 'from flask import Flask\napp = Flask(__name__)\n', after: null },
      {
        language: 'go',
        before: 'package a\nimport "net/http"\nfunc main() { http.ListenAndServe(":80", nil) }\n',
        after: null,
      },
    ],
  },
});
