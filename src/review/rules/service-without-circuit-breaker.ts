import { defineRule } from '../rule.ts';
import { ENTRY_LANGUAGES, listServiceEntries } from '../syntax/service-entry.ts';

const BREAKERS = [
  'ircuitBreaker',
  'ircuit_breaker',
  'circuitbreaker',
  'pybreaker',
  'aiobreaker',
  'purgatory',
  'opossum',
  'cockatiel',
  'mollitia',
  'gobreaker',
  'hystrix',
  'failsafe',
];
const CALLS = [
  'import requests',
  'from requests',
  'import httpx',
  'from httpx',
  'aiohttp.ClientSession',
  ' fetch(',
  '(fetch(',
  '\nfetch(',
  'axios',
  "from 'got'",
  'undici',
  'http.Get(',
  'http.Client{',
  'http.NewRequest',
];
/** Places that call another service; a client that is made counts as one, too, as it may be used anywhere. */
const PLACE =
  /(?<![.\w])(fetch|axios|got)\(|\b(axios|got|requests|httpx|undici)\.\w+\(|\b\w*(client|http|api)\w*\.(get|post|put|patch|delete|head|request)\(|\bsession\.(get|post|put|patch|request)\(|\bClientSession\(|\bhttp\.(Get|Post|PostForm|Head|NewRequest\w*)\(|\bhttp\.Client\{/gi;
/** Files whose work a clock begins: nobody waits for it. */
const BY_CLOCK = /\bsetInterval\(|\bcron\b|\bNewTicker\(|apscheduler|\brepeat_every\b|\bshared_task\b/i;
const MIN_PLACES = 2;

export default defineRule({
  id: 'service-without-circuit-breaker',
  languages: ENTRY_LANGUAGES,
  title: 'No circuit breaker on remote calls',
  summary: 'While a dependency is down, each request still pays for finding out.',
  severity: 'info',
  priority: 'recommended',
  complexity: 'medium',
  cost: 'low',
  packages: [],
  ofService: true,
  shownBy: { hang: 0.1, retry_multiplication: 0.2 },
  advice: {
    libraryDefault:
      'HTTP clients try every call; none of the usual ones remembers that the last hundred failed.',
    source:
      'Nygard, Release It!, 2nd ed., chapter 5 "Circuit Breaker"; Azure Architecture Center "Circuit Breaker pattern"',
    howItMaterializes: 'A dependency times out: each request waits the whole limit before it fails.',
    downstreamImpact:
      'Requests in flight multiply by the time limit, and the dependency gets no rest to recover.',
    discussion:
      'Time limits and bounded retries come first and often suffice; a breaker helps where a failing call is expensive and an answer without it is possible.',
    infrastructurePattern: 'Outlier detection in the service mesh does it without code.',
    benefit: 'Failures come back at once while the dependency is down.',
    risks: 'A breaker that opens too early makes an outage of a blip.',
    monitoring: 'State of each breaker, calls refused by it.',
  },
  check({ source, project }) {
    if (!CALLS.some((call) => project.holdsNearby(call)) || BREAKERS.some((name) => project.holds(name)))
      return [];
    if (project.countNearby(PLACE, BY_CLOCK) < MIN_PLACES) return [];
    return listServiceEntries(source).map((entry) => ({
      startOffset: entry.start,
      endOffset: entry.end,
      message: 'This service calls others over HTTP, and no circuit breaker was found in its code.',
      fix: null,
    }));
  },
  examples: {
    valid: [
      "import express from 'express';\nconst app = express();\napp.get('/version', async () => fetch(url));",
      "import express from 'express';\nconst app = express();\nsetInterval(async () => { await fetch(url); await fetch(other); }, 3600_000);",
      "import express from 'express';\nimport CircuitBreaker from 'opossum';\nconst app = express();\nfetch(url);",
      "import express from 'express';\nconst app = express();",
      "import axios from 'axios';\naxios.get(url);",
      {
        language: 'python',
        code: 'import requests, pybreaker\nfrom flask import Flask\napp = Flask(__name__)\n@pybreaker.CircuitBreaker()\ndef f():\n    requests.get(url)\n',
      },
      {
        language: 'python',
        code: 'from fastapi import FastAPI\n# counts requests.\napp = FastAPI()\n',
      },
      {
        language: 'go',
        code: 'package a\nimport (\n\t"net/http"\n\t"github.com/sony/gobreaker"\n)\nfunc main() { http.Get(u); http.ListenAndServe(":80", nil) }\n',
      },
    ],
    invalid: [
      {
        before: "import express from 'express';\nconst app = express();\nfetch(url);\nfetch(other);",
        after: null,
      },
      {
        language: 'python',
        before:
          'import httpx\nfrom fastapi import FastAPI\napp = FastAPI()\ndef f():\n    httpx.get(url)\n    httpx.get(other)\n',
        after: null,
      },
      {
        language: 'go',
        before:
          'package a\nimport "net/http"\nfunc main() { http.Get(u); http.Get(v); http.ListenAndServe(":80", nil) }\n',
        after: null,
      },
    ],
  },
});
