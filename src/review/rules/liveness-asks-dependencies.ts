import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { argumentsOf, unquote } from '../syntax/javascript.ts';
import { listWithin, type SourceText, walk } from '../syntax/source-text.ts';

/** Paths by which orchestrators ask whether to restart a process. */
const LIVENESS = /^\/?([\w-]+\/)*(livez?|liveness|alive|live(ness)?[-_]?(check|probe))\/?$/i;
const VERBS = /^(get|all|head|route|api_route)$/;
/** Calls that leave the process: databases, caches, other services. */
const ASKS =
  /(^|\.)(query|\$queryRaw|execute|executeQuery|raw|authenticate|ping|ping_db|fetchrow|fetchval|fetch_one|pingCheck|ensure_connection)$/;
const CALLS =
  /^(fetch|axios(\.\w+)?|(requests|httpx)\.\w+|redis\.\w+|pool\.connect|mongoose\.connection\.db\..*)$/;

export default defineRule({
  id: 'liveness-asks-dependencies',
  languages: ['javascript', 'typescript', 'tsx', 'python'],
  title: 'Liveness check that asks dependencies',
  summary: 'While a dependency is down, the orchestrator restarts healthy processes, again and again.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: [],
  shownBy: {},
  advice: {
    libraryDefault:
      'Kubernetes (all versions): a container whose liveness probe fails three times in a row (failureThreshold 3, every 10 s) is killed and started again.',
    source:
      'Kubernetes documentation "Configure Liveness, Readiness and Startup Probes" and "Liveness probe"; Amazon Builders Library "Implementing health checks"',
    howItMaterializes:
      'The database is slow for a minute: all instances fail their liveness check and are restarted at once.',
    downstreamImpact:
      'A blip of one dependency becomes an outage of all, and cold caches and new connections make its recovery harder.',
    discussion:
      'Liveness answers from the process alone; what it needs from others belongs into readiness, which takes it out of the load balancer and leaves it running.',
    infrastructurePattern:
      'A startup probe covers slow starts, which is what dependencies in liveness often stand in for.',
    benefit: 'Processes survive what they did not cause.',
    risks: 'A process that is stuck with its dependency is no longer restarted by this check.',
    monitoring: 'Restarts of containers against errors of dependencies.',
  },
  check({ source }) {
    return source.language === 'python'
      ? checkPython(source)
      : [...checkCalls(source), ...checkDecorated(source)];
  },
  examples: {
    valid: [
      "app.get('/livez', (req, res) => res.send('ok'));",
      "app.get('/readyz', async (req, res) => { await pool.query('SELECT 1'); res.send('ok'); });",
      "app.get('/live', async (req, res) => { res.json({ up: process.uptime() }); });",
      "app.post('/live', async (req, res) => { await pool.query(sql); res.send('ok'); });",
      "app.get('/live/:match', async (req, res) => { res.json(await pool.query(sql)); });",
      { language: 'python', code: '@app.get("/livez")\ndef live():\n    return {"ok": True}\n' },
      {
        language: 'python',
        code: '@app.get("/readyz")\ndef ready(session):\n    session.execute(text("SELECT 1"))\n    return {"ok": True}\n',
      },
    ],
    invalid: [
      {
        before: "app.get('/livez', async (req, res) => { await pool.query('SELECT 1'); res.send('ok'); });",
        after: null,
      },
      {
        before:
          "@Controller('health')\nclass Health {\n  @Get('live')\n  async live() { await this.db.$queryRaw`SELECT 1`; await this.redis.ping(); return 'ok'; }\n}",
        after: null,
        language: 'typescript',
      },
      {
        language: 'python',
        before:
          '@app.get("/health/live")\nasync def live(session):\n    await session.execute(text("SELECT 1"))\n    return {"ok": True}\n',
        after: null,
      },
      {
        language: 'python',
        before:
          '@app.route("/liveness")\ndef live():\n    requests.get(PAYMENTS, timeout=1)\n    return "ok"\n',
        after: null,
      },
    ],
  },
});

/** `app.get('/livez', handler)` with the handler written there. */
function checkCalls(source: SourceText): RuleMatch[] {
  return source.nodes('call_expression').flatMap((call) => {
    const verb = call.child('function')?.child('property')?.text ?? '';
    const [path, ...handlers] = argumentsOf(call);
    if (!VERBS.test(verb) || !LIVENESS.test(unquote(path ?? null) ?? '')) return [];
    return handlers
      .filter((one) => one.type === 'arrow_function' || one.type === 'function_expression')
      .flatMap((one) => toMatches(one.child('body')));
  });
}

/** A method with `@Get('live')`, as Nest has it. */
function checkDecorated(source: SourceText): RuleMatch[] {
  return source.nodes('decorator').flatMap((decorator) => {
    const call = decorator.childOfType('call_expression');
    if (call?.child('function')?.text !== 'Get') return [];
    if (!LIVENESS.test(unquote(argumentsOf(call)[0] ?? null) ?? '')) return [];
    const siblings = decorator.parent?.children ?? [];
    const method = siblings
      .slice(siblings.indexOf(decorator))
      .find((one) => one.type === 'method_definition');
    return toMatches(method?.child('body') ?? null);
  });
}

function checkPython(source: SourceText): RuleMatch[] {
  return source.nodes('decorated_definition').flatMap((node) => {
    const isLiveness = node.children.some((one) => {
      const call = one.type === 'decorator' ? one.childOfType('call') : null;
      const verb = call?.child('function')?.child('attribute')?.text ?? '';
      const path = call?.child('arguments')?.children[0];
      return VERBS.test(verb) && path?.type === 'string' && LIVENESS.test(path.text.slice(1, -1));
    });
    return isLiveness ? toMatches(node.child('definition')?.child('body') ?? null) : [];
  });
}

/** The first call of a handler's body that leaves the process. */
function toMatches(body: LeanNode | null): RuleMatch[] {
  if (body === null) return [];
  const calls = listWithin(body, 'call_expression', 'call');
  const asking = calls.find((call) => {
    const callee = call.child('function')?.text ?? '';
    return ASKS.test(callee) || CALLS.test(callee);
  });
  if (asking === undefined || answersAnyway(body)) return [];
  return [
    {
      startOffset: asking.start,
      endOffset: asking.end,
      message: `\`${asking.child('function')?.text ?? ''}\` makes this liveness check fail with what it asks.`,
      fix: null,
    },
  ];
}

/** Whether the handler catches what it asks, and so may answer all the same. */
function answersAnyway(body: LeanNode): boolean {
  let guarded = false;
  walk(body, (node) => {
    if (node.type === 'try_statement') guarded = true;
    return !guarded;
  });
  return guarded && !/50[0-9]/.test(body.text);
}
