import type { RuleMatch } from '../rule.ts';
import { defineRule } from '../rule.ts';
import { findGoInversions, findJsInversions, findPythonInversions } from '../syntax/time-limits.ts';

export default defineRule({
  id: 'inner-timeout-above-outer',
  languages: ['javascript', 'typescript', 'tsx', 'python', 'go'],
  title: 'Inner time limit above the outer one',
  summary: 'Who waits gives up first, and the work goes on for nobody.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: [],
  shownBy: { hang: 0.2, unclear_error: 0.3, slow_recovery: 0.4 },
  advice: {
    libraryDefault:
      'A race, a wait for a thread, and http.TimeoutHandler end the waiting and not the work; query_timeout of pg leaves the query running at the server; Celery kills a task at time_limit whatever its soft limit says.',
    source:
      'MDN Promise.race(); Python docs asyncio.to_thread and wait_for; Go net/http TimeoutHandler and Server.WriteTimeout; node-postgres docs/pages/apis/client.mdx; Celery docs "Time Limits"',
    howItMaterializes:
      'The dependency is slow: the caller has its error after the short limit, while the call holds its thread, connection or query until the long one.',
    downstreamImpact:
      'Retries add calls whose elders still run, so a slow dependency gets more load the slower it is.',
    discussion:
      'Limits get shorter towards the inside: connection < call with its retries < handler < server < whoever calls us.',
    infrastructurePattern:
      'Deadlines that are passed along (gRPC, `X-Request-Deadline`) keep the order by themselves.',
    benefit: 'What nobody waits for ends.',
    risks: 'The inner limit strikes earlier than today.',
    monitoring:
      'Work that ends after its request; busy threads and active queries against requests in flight.',
  },
  check({ source }): readonly RuleMatch[] {
    const found =
      source.language === 'python'
        ? findPythonInversions(source)
        : source.language === 'go'
          ? findGoInversions(source)
          : findJsInversions(source);
    return found.map(({ place, innerMs, outerMs, what }) => ({
      startOffset: place.start,
      endOffset: place.end,
      message: `${what} may take ${innerMs / 1_000} s, but is waited for ${outerMs / 1_000} s.`,
      fix: null,
    }));
  },
  examples: {
    valid: [
      "import { Pool } from 'pg';\nnew Pool({ statement_timeout: 2000, query_timeout: 3000 });",
      "import { Pool } from './pool.js';\nnew Pool({ statement_timeout: 5000, query_timeout: 3000 });",
      'await Promise.race([fetch(u, { signal: AbortSignal.timeout(1000) }), new Promise((_, no) => setTimeout(no, 2000))]);',
      'await Promise.race([fetch(u, { signal: AbortSignal.timeout(LONG) }), new Promise((_, no) => setTimeout(no, 2000))]);',
      'await Promise.race([fetch(u, { signal: AbortSignal.any([stop, AbortSignal.timeout(9000)]) }), new Promise((_, no) => setTimeout(() => { controller.abort(); no(); }, 2000))]);',
      {
        language: 'python',
        code: 'import asyncio, requests\nasync def f():\n    await asyncio.wait_for(asyncio.to_thread(requests.get, u, timeout=2), timeout=5)\n',
      },
      {
        language: 'python',
        code: 'import asyncio\nasync def f(client):\n    await asyncio.wait_for(client.get(u, timeout=30), timeout=5)\n',
      },
      {
        language: 'python',
        code: 'from celery import shared_task\n@shared_task(soft_time_limit=50, time_limit=60)\ndef f():\n    pass\n',
      },
      {
        language: 'go',
        code: 'package a\nimport ("net/http"; "time")\nvar h = http.TimeoutHandler(m, 5*time.Second, "")\nvar s = &http.Server{Handler: h, WriteTimeout: 10 * time.Second}\n',
      },
      {
        language: 'go',
        code: 'package a\nimport ("net/http"; "time")\nvar s = &http.Server{WriteTimeout: 10 * time.Second, ReadTimeout: time.Minute}\n',
      },
    ],
    invalid: [
      {
        before:
          "import pg from 'pg';\nconst pool = new pg.Pool({ statement_timeout: 30_000, query_timeout: 5000 });",
        after: null,
      },
      {
        before:
          'const r = await Promise.race([fetch(u, { signal: AbortSignal.timeout(30000) }), new Promise((_, no) => setTimeout(() => no(new Error("late")), 2000))]);',
        after: null,
      },
      {
        language: 'python',
        before:
          'import asyncio, requests\nasync def f():\n    await asyncio.wait_for(asyncio.to_thread(requests.get, u, timeout=30), timeout=5)\n',
        after: null,
      },
      {
        language: 'python',
        before:
          'from celery import shared_task\n@shared_task(soft_time_limit=60, time_limit=60)\ndef f():\n    pass\n',
        after: null,
      },
      {
        language: 'python',
        before: 'CELERY_TASK_TIME_LIMIT = 5 * 60\nCELERY_TASK_SOFT_TIME_LIMIT = 10 * 60\n',
        after: null,
      },
      {
        language: 'go',
        before:
          'package a\nimport ("net/http"; "time")\nfunc main() {\n\th := http.TimeoutHandler(m, 30*time.Second, "late")\n\ts := &http.Server{Handler: h, WriteTimeout: 10 * time.Second}\n\ts.ListenAndServe()\n}\n',
        after: null,
      },
    ],
  },
});
