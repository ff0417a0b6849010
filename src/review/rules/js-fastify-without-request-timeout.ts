import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { appendMember } from '../syntax/insert.ts';
import { argumentsOf, propertyNames, readJsImports } from '../syntax/javascript.ts';
import type { SourceText } from '../syntax/source-text.ts';

const MEMBER = 'requestTimeout: 30000';
const LIMITS = ['requestTimeout', 'connectionTimeout', 'handlerTimeout', 'serverFactory'];

export default defineRule({
  id: 'js-fastify-without-request-timeout',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'Fastify server without time limits',
  summary:
    'A server without limits keeps requests that are sent slowly, or never finished, for as long as they like.',
  severity: 'low',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['fastify'],
  shownBy: { hang: 0.2 },
  advice: {
    libraryDefault:
      'fastify 5: connectionTimeout, requestTimeout and handlerTimeout are 0, which is no limit.',
    source: 'fastify docs/Reference/Server.md (5.12.8)',
    howItMaterializes:
      'Clients on bad networks, or with bad intent, send a request byte by byte and hold a connection each.',
    downstreamImpact: 'Sockets and memory run out while the server looks idle.',
    discussion:
      '`requestTimeout` bounds how long a client may take to send its request. `handlerTimeout` bounds our own work and answers 503; it needs a value for each service, so it is not part of the fix.',
    infrastructurePattern: 'A load balancer that buffers requests keeps slow clients away.',
    benefit: 'Slow clients cost 30 s instead of a connection for good.',
    risks: 'Uploads that take longer are refused with 408.',
    monitoring: 'Open connections, answers with 408.',
  },
  check({ source, project }) {
    const names = readJsImports(source);
    if (!project.holdsNearby('.listen(') || /\.requestTimeout\s*=/.test(source.text)) return [];
    return source
      .nodes('call_expression')
      .filter((call) => {
        const binding = names.get(call.child('function')?.text ?? '');
        return binding?.module === 'fastify' && /^(default|fastify)$/.test(binding.name);
      })
      .map((call) => checkServer(call, source))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      "import Fastify from 'fastify';\nconst app = Fastify({ requestTimeout: 10000 });\napp.listen({ port });",
      "import Fastify from 'fastify';\nconst app = Fastify({ handlerTimeout: 10000 });\napp.listen({ port });",
      "import Fastify from 'fastify';\nconst app = Fastify(options);\napp.listen({ port });",
      "import Fastify from 'fastify';\nexport const build = () => Fastify();",
      "import Fastify from './app.js';\nconst app = Fastify();\napp.listen({ port });",
      "import Fastify from 'fastify';\nconst app = Fastify({ ...options });\napp.listen({ port });",
    ],
    invalid: [
      {
        before: "import Fastify from 'fastify';\nconst app = Fastify();\napp.listen({ port });",
        after:
          "import Fastify from 'fastify';\nconst app = Fastify({ requestTimeout: 30000 });\napp.listen({ port });",
      },
      {
        before:
          "const fastify = require('fastify');\nconst app = fastify({ logger: true });\napp.listen({ port });",
        after:
          "const fastify = require('fastify');\nconst app = fastify({ logger: true, requestTimeout: 30000 });\napp.listen({ port });",
      },
      {
        before: "import { fastify } from 'fastify';\nconst app = fastify({});\napp.listen({ port });",
        after:
          "import { fastify } from 'fastify';\nconst app = fastify({ requestTimeout: 30000 });\napp.listen({ port });",
      },
    ],
  },
});

function checkServer(call: LeanNode, { text }: SourceText): RuleMatch | null {
  const [options, ...more] = argumentsOf(call);
  const list = call.child('arguments');
  if (list === null || more.length > 0 || (options !== undefined && options.type !== 'object')) return null;
  const names = options === undefined ? new Set<string>() : propertyNames(options);
  if (names === null || LIMITS.some((limit) => names.has(limit))) return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: 'This server has none of `requestTimeout`, `connectionTimeout` and `handlerTimeout`.',
    fix: {
      summary: 'Give a client 30 s to send its request.',
      edits: [
        options === undefined
          ? appendMember(text, list, `{ ${MEMBER} }`)
          : appendMember(text, options, MEMBER),
      ],
    },
  };
}
