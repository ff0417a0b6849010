import { textOf } from '../expressions.ts';
import type { CallExpression, FileFacts } from '../facts.ts';
import type { ClientLibrary } from './client-libraries.ts';

/** HTTP clients, database pools, caches and queues of Rust. */
export const RUST_CLIENTS: readonly ClientLibrary[] = [
  { family: 'rust', calls: /^reqwest(\.blocking)?\.(get|Client\.(new|builder|default)|ClientBuilder\.new)$/ },
  { family: 'rust', calls: /^reqwest_middleware\.ClientBuilder\.new$/, package: 'reqwest-middleware' },
  { family: 'rust', calls: /^hyper(_util)?(\.\w+)*\.Client\.(new|builder)$/, package: 'hyper' },
  {
    family: 'rust',
    calls: /^sqlx(\.\w+)*\.(\w*PoolOptions\.new|\w*Pool\.connect\w*|\w+Connection\.connect)$/,
  },
  {
    family: 'rust',
    calls: /^(sea_orm|sea_orm_migration(\.\w+)*)\.(Database\.connect|ConnectOptions\.new)$/,
    package: 'sea-orm',
  },
  {
    family: 'rust',
    calls:
      /^(deadpool|deadpool_(postgres|redis|diesel|sqlite))(\.\w+)*\.(Pool\.(builder|new)|Config\.(new|from_url))$/,
  },
  {
    family: 'rust',
    calls: /^(diesel|diesel_async)(\.\w+)*\.(Pool\.(builder|new)|\w+Manager\.new|\w+Connection\.establish)$/,
  },
  { family: 'rust', calls: /^(r2d2|bb8)(_\w+)?(\.\w+)*\.(Pool\.(builder|new)|\w+Manager\.new)$/ },
  { family: 'rust', calls: /^tokio_postgres\.(connect|Config\.new)$/, package: 'tokio-postgres' },
  { family: 'rust', calls: /^redis(\.\w+)*\.(Client\.open|ConnectionManager\.new|ClusterClient\.new)$/ },
  { family: 'rust', calls: /^mongodb(\.\w+)*\.Client\.(with_uri_str|with_options)$/ },
  { family: 'rust', calls: /^tonic(\.\w+)*\.(Endpoint|Channel)\.(new|from_static|from_shared)$/ },
  {
    family: 'rust',
    calls:
      /^(lapin\.Connection\.connect|rdkafka(\.\w+)*\.ClientConfig\.new|lettre(\.\w+)*\.\w*SmtpTransport\.(relay|builder_dangerous))$/,
  },
  { family: 'rust', calls: /^aws_sdk_\w+\.Client\.(new|from_conf)$/ },
];

const LIMIT = /time_?out|deadline|max_(conn|size|lifetime)|min_conn|pool_max|retr(y|ies)|keep_?alive/i;

/** The first call of a chain, which names the library: `Client::builder()` of `Client::builder().timeout(t).build()`. */
export function firstOfChain(call: CallExpression): CallExpression {
  let first = call;
  while (first.callee.kind === 'member' && first.callee.of.kind === 'call') first = first.callee.of;
  return first;
}

/** Every call of the chain that `first` begins, in its order. */
export function linksOfChain(first: CallExpression, facts: FileFacts): readonly CallExpression[] {
  const links = [first];
  for (const { call } of facts.calls) {
    if (call.callee.kind === 'member' && call.callee.of === links.at(-1)) links.push(call);
  }
  return links;
}

/** Limits that the links of a builder set, as written. */
export function limitsOfLinks(links: readonly CallExpression[]): string[] {
  return links.flatMap(({ callee, args }) => {
    if (callee.kind !== 'member' || !LIMIT.test(callee.name)) return [];
    return [`${callee.name}(${args.map(({ value }) => textOf(value)).join(', ')})`];
  });
}
