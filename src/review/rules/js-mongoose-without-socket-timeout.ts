import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { appendMember } from '../syntax/insert.ts';
import { argumentsOf, propertyNames, readJsImports } from '../syntax/javascript.ts';
import type { SourceText } from '../syntax/source-text.ts';

const MEMBER = 'socketTimeoutMS: 45000';

export default defineRule({
  id: 'js-mongoose-without-socket-timeout',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'MongoDB connection without a socket timeout',
  summary: 'Without socketTimeoutMS an operation waits for ever on a MongoDB server that went silent.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['mongoose'],
  findingWhen: 'measured',
  shownBy: { hang: 0.7, slow_recovery: 0.4 },
  advice: {
    libraryDefault: 'mongodb driver 7 (mongoose 9): socketTimeoutMS 0, which is no limit.',
    source: 'mongodb src/connection_string.ts (7.8.0); mongoose docs/connections.md',
    howItMaterializes:
      'The server or the way to it goes silent on open connections: operations on them wait for good.',
    downstreamImpact:
      'The pool is used up, and every operation that needs the database waits for a connection.',
    discussion:
      'The limit counts idle time of a socket with an operation on it, so it must be above the slowest good query; `maxTimeMS` bounds single queries on the server.',
    infrastructurePattern:
      'TCP keep-alive and `tcp_user_timeout` of the system notice dead peers late, but for all.',
    benefit: 'A silent server costs 45 s, and then the driver chooses another.',
    risks: 'Queries longer than the limit fail.',
    monitoring: 'Pool checkouts, network timeouts of the driver, operation latency.',
  },
  check({ source }) {
    const names = readJsImports(source);
    return source
      .nodes('call_expression')
      .filter((call) => {
        const [object = '', member, ...rest] = (call.child('function')?.text ?? '').split('.');
        const binding = names.get(object);
        if (binding?.module !== 'mongoose' || rest.length > 0) return false;
        return member === undefined
          ? binding.name === 'connect' || binding.name === 'createConnection'
          : member === 'connect' || member === 'createConnection';
      })
      .map((call) => checkConnect(call, source))
      .filter((match) => match !== null);
  },
  examples: {
    valid: [
      "import mongoose from 'mongoose';\nmongoose.connect(url, { socketTimeoutMS: 20000 });",
      "import mongoose from 'mongoose';\nmongoose.connect(url, options);",
      "import mongoose from 'mongoose';\nmongoose.connect('mongodb://a/b?socketTimeoutMS=2000');",
      "import mongoose from './db.js';\nmongoose.connect(url);",
      "import mongoose from 'mongoose';\nmongoose.connect(url, { ...options });",
      "import mongoose from 'mongoose';\nmongoose.connect(url, { timeoutMS: 2000 });",
      "import mongoose from 'mongoose';\nmongoose.createConnection();",
    ],
    invalid: [
      {
        before: "import mongoose from 'mongoose';\nawait mongoose.connect(url);",
        after: "import mongoose from 'mongoose';\nawait mongoose.connect(url, { socketTimeoutMS: 45000 });",
      },
      {
        before: "const mongoose = require('mongoose');\nmongoose.connect(url, { maxPoolSize: 10 });",
        after:
          "const mongoose = require('mongoose');\nmongoose.connect(url, { maxPoolSize: 10, socketTimeoutMS: 45000 });",
      },
      {
        before: "import { connect } from 'mongoose';\nconnect('mongodb://a/b');",
        after: "import { connect } from 'mongoose';\nconnect('mongodb://a/b', { socketTimeoutMS: 45000 });",
      },
    ],
  },
});

function checkConnect(call: LeanNode, { text }: SourceText): RuleMatch | null {
  const [target, options, ...more] = argumentsOf(call);
  const list = call.child('arguments');
  if (list === null || target === undefined || target.type === 'spread_element' || more.length > 0)
    return null;
  if (target.text.includes('socketTimeoutMS') || (options !== undefined && options.type !== 'object'))
    return null;
  const names = options === undefined ? new Set<string>() : propertyNames(options);
  if (names === null || names.has('socketTimeoutMS') || names.has('timeoutMS')) return null;
  return {
    startOffset: call.start,
    endOffset: call.end,
    message: 'This connection has no `socketTimeoutMS`, so a silent server holds its operations.',
    fix: {
      summary: 'Give up on a silent socket after 45 s.',
      edits: [
        options === undefined
          ? appendMember(text, list, `{ ${MEMBER} }`)
          : appendMember(text, options, MEMBER),
      ],
    },
  };
}
