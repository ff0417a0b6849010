import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleMatch } from '../rule.ts';
import { appendMember } from '../syntax/insert.ts';
import { argumentsOf, propertyNames, readJsImports } from '../syntax/javascript.ts';
import type { SourceText } from '../syntax/source-text.ts';
import { staysBefore } from '../syntax/versions.ts';

/** The first mongoose on the driver 4, which has no limit of its own; before it was six minutes. */
const FIRST_WITHOUT_DEFAULT = [6, 0] as const;
/** The first mongoose on the driver 4.13, whose monitor ends operations on connections in use when the server is silent. */
const FIRST_INTERRUPTING = [6, 9] as const;
const MEMBER = 'socketTimeoutMS: 45000';

export default defineRule({
  id: 'js-mongoose-without-socket-timeout',
  languages: ['javascript', 'typescript', 'tsx'],
  title: 'MongoDB connection without a socket timeout',
  summary:
    'Without socketTimeoutMS an operation of mongoose before 6.9 waits for ever on a MongoDB server that went silent.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['mongoose'],
  shownBy: { hang: 0.7, slow_recovery: 0.4 },
  advice: {
    libraryDefault:
      'mongoose 6.0 to 6.8 (mongodb 4.0 to 4.12): socketTimeoutMS 0, which is no limit. Later ones have none either, but the monitor of the driver ends operations about a minute after the server went silent.',
    source:
      'mongodb src/connection_string.ts and PR 3457 (interruptInUseConnections, 4.13.0); package.json of mongoose 6.9.0; mongoose docs/connections.md',
    howItMaterializes:
      'The server or the way to it goes silent on open connections: operations on them wait for good.',
    downstreamImpact:
      'The pool is used up, and every operation that needs the database waits for a connection.',
    discussion:
      'The limit counts idle time of a socket with an operation on it, so it must be above the slowest good query; `maxTimeMS` bounds single queries on the server. mongoose 6.9 ends them after about a minute by itself.',
    infrastructurePattern:
      'TCP keep-alive and `tcp_user_timeout` of the system notice dead peers late, but for all.',
    benefit: 'A silent server costs 45 s, and then the driver chooses another.',
    risks: 'Queries longer than the limit fail.',
    monitoring: 'Pool checkouts, network timeouts of the driver, operation latency.',
  },
  check({ source, project }) {
    const version = project.versionOf('mongoose');
    if (staysBefore(version, FIRST_WITHOUT_DEFAULT) || !staysBefore(version, FIRST_INTERRUPTING)) return [];
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
      "import mongoose from 'mongoose';\nmongoose.connect(url);",
      { code: "import mongoose from 'mongoose';\nmongoose.connect(url);", versions: { mongoose: '6.9.0' } },
      { code: "import mongoose from 'mongoose';\nmongoose.connect(url);", versions: { mongoose: '^5.13.0' } },
      {
        code: "import mongoose from 'mongoose';\nmongoose.connect(url, { socketTimeoutMS: 20000 });",
        versions: { mongoose: '6.8.4' },
      },
      {
        code: "import mongoose from 'mongoose';\nmongoose.connect(url, options);",
        versions: { mongoose: '6.8.4' },
      },
      {
        code: "import mongoose from 'mongoose';\nmongoose.connect('mongodb://a/b?socketTimeoutMS=2000');",
        versions: { mongoose: '6.8.4' },
      },
      { code: "import mongoose from './db.js';\nmongoose.connect(url);", versions: { mongoose: '6.8.4' } },
      {
        code: "import mongoose from 'mongoose';\nmongoose.connect(url, { ...options });",
        versions: { mongoose: '6.8.4' },
      },
      {
        code: "import mongoose from 'mongoose';\nmongoose.connect(url, { timeoutMS: 2000 });",
        versions: { mongoose: '6.8.4' },
      },
      {
        code: "import mongoose from 'mongoose';\nmongoose.createConnection();",
        versions: { mongoose: '6.8.4' },
      },
    ],
    invalid: [
      {
        before: "import mongoose from 'mongoose';\nawait mongoose.connect(url);",
        after: "import mongoose from 'mongoose';\nawait mongoose.connect(url, { socketTimeoutMS: 45000 });",
        versions: { mongoose: '6.8.4' },
      },
      {
        before: "const mongoose = require('mongoose');\nmongoose.connect(url, { maxPoolSize: 10 });",
        after:
          "const mongoose = require('mongoose');\nmongoose.connect(url, { maxPoolSize: 10, socketTimeoutMS: 45000 });",
        versions: { mongoose: '6.8.4' },
      },
      {
        before: "import { connect } from 'mongoose';\nconnect('mongodb://a/b');",
        after: "import { connect } from 'mongoose';\nconnect('mongodb://a/b', { socketTimeoutMS: 45000 });",
        versions: { mongoose: '6.8.4' },
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
