import type { LeanNode } from '../../rag/lean-node.ts';
import { defineRule, type RuleContext, type RuleMatch } from '../rule.ts';
import { isClosedWhereMade } from '../syntax/closed-where-made.ts';
import { appendMember } from '../syntax/insert.ts';
import { argumentsOf, type JsBinding, propertyNames, readJsImports } from '../syntax/javascript.ts';
import { objectBehind } from '../syntax/js-values.ts';
import { fullName, hasSplat, type PythonNames, readPythonImports } from '../syntax/python.ts';
import type { SourceText } from '../syntax/source-text.ts';
import { staysBefore } from '../syntax/versions.ts';

const PY_CLIENT =
  /^(pymongo(\.mongo_client)?\.MongoClient|pymongo(\.asynchronous\.mongo_client)?\.AsyncMongoClient|motor\.motor_asyncio\.AsyncIOMotorClient)$/;
/** The first driver for Node without a limit of its own; before it was six minutes. */
const FIRST_WITHOUT_DEFAULT = [4, 0] as const;
/** The first drivers whose monitor of the server ends operations on connections in use when its checks time out. */
const FIRST_INTERRUPTING = { node: [4, 13], pymongo: [4, 7] } as const;
/** The first Motor that takes PyMongo 4. */
const FIRST_MOTOR = [3, 0] as const;
const LIMITS = /socketTimeoutMS|timeoutMS/i;
/** Cursors that wait on purpose, longer than a limit on reads may last. */
const WAITING = ['.watch(', 'CursorType.TAILABLE', 'tailable'];

export default defineRule({
  id: 'mongo-client-without-timeout',
  languages: ['javascript', 'typescript', 'tsx', 'python'],
  title: 'MongoDB client without a socket timeout',
  summary:
    'Without socketTimeoutMS an operation of an older driver waits for ever on a MongoDB server that went silent.',
  severity: 'medium',
  priority: 'recommended',
  complexity: 'low',
  cost: 'low',
  packages: ['mongodb', 'pymongo', 'motor'],
  shownBy: { hang: 0.7, slow_recovery: 0.4 },
  advice: {
    libraryDefault:
      'mongodb 4.0 to 4.12 for Node: socketTimeoutMS 0, no limit (3: 6 min); PyMongo before 4.7 and Motor on it: socketTimeoutMS None, no limit. Later drivers have none either, but their monitor ends operations about a minute after the server went silent.',
    source:
      'mongodb/node-mongodb-native PR 2572 and PR 3457 (interruptInUseConnections, 4.13.0); PyMongo docs "MongoClient", pymongo/pool.py (interrupt_connections, 4.7.0); MongoDB manual "Connection String Options"',
    howItMaterializes:
      'The server or the way to it goes silent on open connections: operations on them wait for good.',
    downstreamImpact:
      'The pool is used up, and every operation that needs the database waits for a connection.',
    discussion:
      'The limit counts idle time of a socket with an operation on it, so it must be above the slowest good query; `timeoutMS` bounds whole operations where the driver has it. A newer driver (mongodb 4.13, PyMongo 4.7) ends them after about a minute by itself.',
    infrastructurePattern:
      'TCP keep-alive and `tcp_user_timeout` of the system notice dead peers late, but for all.',
    benefit: 'A silent server costs 45 s, and then the driver chooses another.',
    risks: 'Queries longer than the limit fail.',
    monitoring: 'Pool checkouts, network timeouts of the driver, operation latency.',
  },
  check(context) {
    const { source } = context;
    if (!waitsForEver(context)) return [];
    if (source.language === 'python') {
      const names = readPythonImports(source);
      return source.nodes('call').flatMap((call) => checkPython(call, names, context));
    }
    const names = readJsImports(source);
    return source
      .nodes('new_expression', 'call_expression')
      .flatMap((made) => checkNode(made, names, context));
  },
  examples: {
    valid: [
      {
        code: "import { MongoClient } from 'mongodb';\nnew MongoClient(url, { socketTimeoutMS: 20000 });",
        versions: { mongodb: '4.10.0' },
      },
      {
        code: "import { MongoClient } from 'mongodb';\nnew MongoClient(url, options);",
        versions: { mongodb: '4.10.0' },
      },
      {
        code: "import { MongoClient } from './db.js';\nnew MongoClient(url);",
        versions: { mongodb: '4.10.0' },
      },
      {
        code: "import { MongoClient } from 'mongodb';\nconst options = { socketTimeoutMS: 2000 };\nnew MongoClient(url, options);",
        versions: { mongodb: '4.10.0' },
      },
      {
        code: "import { MongoClient } from 'mongodb';\nnew MongoClient('mongodb://a/b?timeoutMS=2000');",
        versions: { mongodb: '4.10.0' },
      },
      {
        code: "import { MongoClient } from 'mongodb';\nnew MongoClient(url);",
        versions: { mongodb: '^3.7.4' },
      },
      {
        code: "import { MongoClient } from 'mongodb';\nnew MongoClient(url);",
        versions: { mongodb: '4.13.0' },
      },
      "import { MongoClient } from 'mongodb';\nnew MongoClient(url);",
      {
        language: 'python',
        code: 'import pymongo\nc = pymongo.MongoClient(url)\n',
        versions: { pymongo: '4.7.0' },
      },
      { language: 'python', code: 'import pymongo\nc = pymongo.MongoClient(url)\n' },
      {
        language: 'python',
        code: 'import pymongo\nc = pymongo.MongoClient(url, socketTimeoutMS=20000)\n',
        versions: { pymongo: '4.6.3' },
      },
      {
        language: 'python',
        code: 'import pymongo\nc = pymongo.MongoClient(url, **options)\n',
        versions: { pymongo: '4.6.3' },
      },
      {
        language: 'python',
        code: 'from fakes import MongoClient\nc = MongoClient(url)\n',
        versions: { pymongo: '4.6.3' },
      },
      {
        language: 'python',
        code: 'import mongomock\nc = mongomock.MongoClient()\n',
        versions: { pymongo: '4.6.3' },
      },
    ],
    invalid: [
      {
        before: "import { MongoClient } from 'mongodb';\nconst client = new MongoClient(url);",
        after:
          "import { MongoClient } from 'mongodb';\nconst client = new MongoClient(url, { socketTimeoutMS: 45000 });",
        versions: { mongodb: '4.10.0' },
      },
      {
        before:
          "const { MongoClient: Client } = require('mongodb');\nconst client = await Client.connect(url, { maxPoolSize: 5 });",
        after:
          "const { MongoClient: Client } = require('mongodb');\nconst client = await Client.connect(url, { maxPoolSize: 5, socketTimeoutMS: 45000 });",
        versions: { mongodb: '4.12.1' },
      },
      {
        before:
          "import { MongoClient } from 'mongodb';\nconst options = { maxPoolSize: 5 } satisfies MongoClientOptions;\nconst client = new MongoClient(url, options);",
        after:
          "import { MongoClient } from 'mongodb';\nconst options = { maxPoolSize: 5, socketTimeoutMS: 45000 } satisfies MongoClientOptions;\nconst client = new MongoClient(url, options);",
        language: 'typescript',
        versions: { mongodb: '~4.12.0' },
      },
      {
        language: 'python',
        before: 'from pymongo import MongoClient as Mongo\nc = Mongo(url)\n',
        after: 'from pymongo import MongoClient as Mongo\nc = Mongo(url, socketTimeoutMS=45000)\n',
        versions: { pymongo: '>=3.12,<4.7' },
      },
      {
        language: 'python',
        before:
          'from motor.motor_asyncio import AsyncIOMotorClient\nc = AsyncIOMotorClient(url)\nfor change in c.a.b.watch():\n    print(change)\n',
        after: null,
        versions: { motor: '^2.5' },
      },
    ],
  },
});

/** Whether the driver that the project gets leaves an operation on a silent server alone. */
function waitsForEver({ source, project: { versionOf } }: RuleContext): boolean {
  if (source.language !== 'python') {
    const version = versionOf('mongodb');
    return staysBefore(version, FIRST_INTERRUPTING.node) && !staysBefore(version, FIRST_WITHOUT_DEFAULT);
  }
  const version = versionOf('pymongo');
  return version === null
    ? staysBefore(versionOf('motor'), FIRST_MOTOR)
    : staysBefore(version, FIRST_INTERRUPTING.pymongo);
}

function checkPython(call: LeanNode, names: PythonNames, context: RuleContext): RuleMatch[] {
  const list = call.child('arguments');
  if (!PY_CLIENT.test(fullName(call.child('function'), names) ?? '')) return [];
  if (list?.type !== 'argument_list' || hasSplat(call) || LIMITS.test(list.text)) return [];
  return [toMatch(call, list, 'socketTimeoutMS=45000', context)];
}

/** `new MongoClient(url, options)` and `MongoClient.connect(url, options)`. */
function checkNode(made: LeanNode, names: ReadonlyMap<string, JsBinding>, context: RuleContext): RuleMatch[] {
  const callee = (made.child('constructor') ?? made.child('function'))?.text ?? '';
  const [object = '', ...members] = callee.split('.');
  const binding = names.get(object);
  const path = (binding?.name === 'MongoClient' ? ['MongoClient', ...members] : members).join('.');
  const wanted = made.type === 'new_expression' ? 'MongoClient' : 'MongoClient.connect';
  const [target, options, ...more] = argumentsOf(made);
  const list = made.child('arguments');
  if (binding?.module !== 'mongodb' || path !== wanted || list === null || more.length > 0) return [];
  if (target === undefined || target.type === 'spread_element' || LIMITS.test(list.text)) return [];
  const member = 'socketTimeoutMS: 45000';
  if (options === undefined) return [toMatch(made, list, `{ ${member} }`, context)];
  const known = objectBehind(options, context.source);
  if (known === null || propertyNames(known) === null || LIMITS.test(known.text)) return [];
  return [toMatch(made, known, member, context)];
}

function toMatch(
  made: LeanNode,
  list: LeanNode,
  member: string,
  { source, project }: RuleContext,
): RuleMatch {
  return {
    startOffset: made.start,
    endOffset: made.end,
    message: 'This client has no `socketTimeoutMS`, so a silent server holds its operations.',
    fix: waits(source, project.holds)
      ? null
      : {
          summary: 'Give up on a silent socket after 45 s.',
          edits: [appendMember(source.text, list, member)],
        },
    ofOneCall: isClosedWhereMade(made, source),
  };
}

function waits({ text }: SourceText, holds: (text: string) => boolean): boolean {
  return WAITING.some((part) => text.includes(part) || holds(part));
}
