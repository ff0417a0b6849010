import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { appendMember } from '../syntax/insert.ts';
import { argumentsOf, propertyNames, readJsImports } from '../syntax/javascript.ts';
import type { SourceText } from '../syntax/source-text.ts';

export default defineRule({
  id: 'js-undici-pool-without-connections',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'undici pool without a limit on connections',
  summary:
    'A pool without a limit opens as many connections as there are calls, just when the upstream is slow.',
  severity: 'low',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['undici'],
  shownBy: { slow_beyond_fault: 0.2 },
  advice: {
    libraryDefault: 'undici 7: `connections` of Pool is null, which is unlimited.',
    source: 'undici docs/docs/api/Pool.md (7.30.2)',
    howItMaterializes:
      'The upstream slows down, calls overlap, and each overlapping call opens one more connection.',
    downstreamImpact: 'The slow upstream gets a flood of connections; we run out of sockets and ports.',
    discussion:
      'A limit makes the calls queue with us, so the calls need a time limit of their own. Take it from the rate and the latency: connections = calls per second × seconds per call, with room above.',
    infrastructurePattern: 'A connection limit per upstream in the service mesh (Envoy `max_connections`).',
    benefit: 'The load on a struggling upstream is bounded.',
    risks: 'Too small a limit queues calls in good times.',
    monitoring: 'pool.stats: connected, pending, queued.',
  },
  check({ source }) {
    const names = readJsImports(source);
    return source
      .nodes('new_expression')
      .filter((made) => {
        const [object = '', member] = (made.child('constructor')?.text ?? '').split('.');
        const binding = names.get(object);
        if (binding?.module !== 'undici') return false;
        return member === undefined ? binding.name === 'Pool' : member === 'Pool';
      })
      .map((made) => checkPool(made, source))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      "import { Pool } from 'undici';\nnew Pool(url, { connections: 20 });",
      "import { Pool } from 'undici';\nnew Pool(url, options);",
      "import { Pool } from 'undici';\nnew Pool(url, { ...options });",
      "import { Pool } from 'pg';\nnew Pool({ max: 3 });",
      "import { Client } from 'undici';\nnew Client(url);",
    ],
    invalid: [
      {
        before: "import { Pool } from 'undici';\nconst pool = new Pool('http://a');",
        after: "import { Pool } from 'undici';\nconst pool = new Pool('http://a', { connections: 100 });",
      },
      {
        before: "const undici = require('undici');\nconst pool = new undici.Pool(url, { pipelining: 1 });",
        after:
          "const undici = require('undici');\nconst pool = new undici.Pool(url, { pipelining: 1, connections: 100 });",
      },
      {
        before: "import { Pool as P } from 'undici';\nconst pool = new P(url, {});",
        after: "import { Pool as P } from 'undici';\nconst pool = new P(url, { connections: 100 });",
      },
    ],
  },
});

function checkPool(made: LeanNode, { text }: SourceText): RuleMatch | null {
  const [target, options, ...more] = argumentsOf(made);
  const list = made.child('arguments');
  if (list === null || target === undefined || target.type === 'spread_element' || more.length > 0)
    return null;
  if (options !== undefined && options.type !== 'object') return null;
  const names = options === undefined ? new Set<string>() : propertyNames(options);
  if (names === null || names.has('connections')) return null;
  const member = 'connections: 100';
  return {
    startOffset: made.start,
    endOffset: made.end,
    message: 'This pool opens as many connections as there are calls at a time.',
    fix: {
      summary: 'Open at most 100 connections.',
      edits: [
        options === undefined
          ? appendMember(text, list, `{ ${member} }`)
          : appendMember(text, options, member),
      ],
    },
  };
}
