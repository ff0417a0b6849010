import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleContext, type RuleMatch } from '../rule.ts';
import { appendMember } from '../syntax/insert.ts';
import { fullName, hasSplat, keywordOf, readPythonImports } from '../syntax/python.ts';

const CLIENT =
  /^redis\.(asyncio\.|client\.|asyncio\.client\.)?((Strict)?Redis(\.from_url)?|from_url|(Blocking)?ConnectionPool(\.from_url)?)$/;
/** redis-py 8 sets a limit (5 s) itself. */
const FIRST_WITH_DEFAULT = 8;
/** Commands that wait on purpose, longer than a limit on reads may last. */
const WAITING = ['.blpop(', '.brpop(', '.blmove(', '.bzpop', 'block=', '.pubsub(', '.listen('];

export default defineRule({
  id: 'python-redis-without-timeout',
  languages: ['python'],
  title: 'Redis client without a time limit (Python)',
  summary: 'A Redis client without socket_timeout waits for ever on a server that went silent.',
  severity: 'high',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['redis'],
  shownBy: { hang: 0.8, slow_recovery: 0.5 },
  advice: {
    libraryDefault:
      'redis-py up to 7: socket_timeout None (no limit), and socket_connect_timeout the same; redis-py 8: 5 s for both.',
    source: 'redis-py redis/connection.py (5.2.1, 6.4.0, 7.1.0) and redis/_defaults.py (8.1.0)',
    howItMaterializes:
      'The Redis host disappears without closing its connections: each command waits for an answer that never comes.',
    downstreamImpact: 'A cache that should only save time stops every request that looks into it.',
    discussion:
      '`socket_timeout` bounds each read and write, `socket_connect_timeout` the connect. Clients that block on purpose (BLPOP, XREAD BLOCK, pub/sub) need one of their own with a longer limit.',
    infrastructurePattern: 'Redis Sentinel or a managed failover shortens the outage; the limit notices it.',
    benefit: 'A silent cache costs seconds, and the request can go on without it.',
    risks: 'Slow commands fail with redis.exceptions.TimeoutError, which must be handled.',
    monitoring: 'Redis timeouts, command latency p99, connections in use.',
  },
  check(context) {
    const major = Number.parseInt(context.project.versionOf('redis') ?? '', 10);
    if (major >= FIRST_WITH_DEFAULT) return [];
    const names = readPythonImports(context.source);
    return context.source
      .nodes('call')
      .filter((call) => CLIENT.test(fullName(call.child('function'), names) ?? ''))
      .map((call) => checkClient(call, context))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      'import redis\nr = redis.Redis(host="a", socket_timeout=2)\n',
      'import redis\nr = redis.Redis(**options)\n',
      'import redis\nr = redis.Redis(connection_pool=pool)\n',
      'import redis\nr = redis.from_url("redis://a?socket_timeout=5")\n',
      'from fakes import redis\nr = redis.Redis()\n',
      { code: 'import redis\nr = redis.Redis(host="a")\n', versions: { redis: '8.1.0' } },
      'import redis\nerror = redis.RedisError("a")\n',
    ],
    invalid: [
      {
        before: 'import redis\nr = redis.Redis(host="a")\n',
        after: 'import redis\nr = redis.Redis(host="a", socket_timeout=4)\n',
      },
      {
        before: 'from redis.asyncio import from_url\nr = from_url(settings.redis_url)\n',
        after: 'from redis.asyncio import from_url\nr = from_url(settings.redis_url, socket_timeout=4)\n',
        versions: { redis: '5.2.1' },
      },
      {
        before:
          'import redis.asyncio as aioredis\nr = aioredis.Redis.from_url(\n    url,\n    socket_timeout=None,\n)\n',
        after: null,
      },
      { before: 'import redis\nr = redis.Redis()\nitem = r.blpop("jobs")\n', after: null },
    ],
  },
});

function checkClient(call: LeanNode, { source, project }: RuleContext): RuleMatch | null {
  const list = call.child('arguments');
  if (list?.type !== 'argument_list' || hasSplat(call) || list.text.includes('socket_timeout=')) {
    return list?.text.includes('socket_timeout=None') === true ? report(call, null) : null;
  }
  if (keywordOf(call, 'connection_pool') !== null) return null;
  const waits = WAITING.some((text) => source.text.includes(text) || project.holds(text));
  return report(
    call,
    waits
      ? null
      : {
          summary: 'Wait at most 4 s for Redis.',
          edits: [appendMember(source.text, list, 'socket_timeout=4')],
        },
  );
}

function report(call: LeanNode, fix: RuleMatch['fix']): RuleMatch {
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: `\`${call.child('function')?.text ?? ''}\` has no \`socket_timeout\`, so a silent Redis holds it for ever.`,
    fix,
  };
}
