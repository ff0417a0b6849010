import type { Random } from '../../../src/random.ts';

export type Era = '2025' | '2026';

/** What is thrown at the server. */
export interface HostileMessage {
  readonly kind: string;
  readonly bytes: Buffer;
  /** Id of the answer that it must get, for it is a well-formed request; `null`: it is none, or takes itself back. */
  readonly answerId: number | null;
}

const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'fuzz', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const TOOLS =
  'scenario_generate scenario_run fault_probe run_report run_cancel proxy_close proxy_list code_search code_context review_code patch_propose patch_verify no_such_tool __proto__ constructor toString';
const METHODS =
  'ping tools/list tools/call resources/list resources/read resources/templates/list prompts/list prompts/get completion/complete server/discover subscriptions/listen logging/setLevel resources/subscribe tasks/get no/such/method __proto__ rpc.discover';
const WORDS = [
  '',
  '\u0000',
  '../../../../etc/passwd',
  '__proto__',
  'constructor',
  '\ud800',
  '\u202e\u200b\ufeff',
  'file:///etc/passwd',
  'breakwater://runs/../../x/report.md',
  'http://169.254.169.254/latest/meta-data',
  '%00%2e%2e%2f',
  '{{7*7}}#{1}',
  "'; DROP TABLE runs; --",
  '$(touch pwned)',
  'a'.repeat(10_000),
  '🌊'.repeat(2_000),
];
const LITERALS = [null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, [], {}, ''];

/** Draws hostile messages from `random`; ids of those that need an answer count up from `firstId`. */
export function createMessages(random: Random, era: Era, firstId: number): () => HostileMessage {
  let lastId = firstId - 1;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T;
  const word = (text: string) => pick(text.split(' '));

  function value(depth = 0): unknown {
    const draw = random.next();
    if (depth > 3 || draw < 0.35) return pick(LITERALS);
    if (draw < 0.6) return pick(WORDS);
    if (draw < 0.8) return Array.from({ length: Math.floor(random.between(0, 5)) }, () => value(depth + 1));
    return object(depth);
  }

  function object(depth = 0): Record<string, unknown> {
    const keys = Array.from({ length: Math.floor(random.between(0, 5)) }, () => pick(WORDS).slice(0, 40));
    // As JSON would make it: `__proto__` as a key of its own.
    return Object.fromEntries(keys.map((key) => [key, value(depth + 1)]));
  }

  const withEnvelope = (params: Readonly<Record<string, unknown>>) =>
    era === '2026' ? { ...params, _meta: ENVELOPE } : params;

  function params(method: string): Record<string, unknown> {
    if (method === 'tools/call') return { name: word(TOOLS), arguments: object() };
    if (method === 'resources/read') return { uri: pick(WORDS) };
    if (method === 'prompts/get') return { name: pick(WORDS), arguments: object() };
    return object();
  }

  const toBytes = (message: unknown) => Buffer.from(JSON.stringify(message) ?? '');
  const plain = (kind: string, message: unknown): HostileMessage => ({
    kind,
    bytes: toBytes(message),
    answerId: null,
  });

  /** A request as the protocol wants it, of a method and with arguments that nobody may want. */
  function request(kind: string, method: string, own: Readonly<Record<string, unknown>>): HostileMessage {
    lastId += 1;
    const message = { jsonrpc: '2.0', id: lastId, method, params: withEnvelope(own) };
    return { kind, bytes: toBytes(message), answerId: lastId };
  }

  const KINDS: Readonly<Record<string, () => HostileMessage>> = {
    'a fair request': () =>
      pick([
        () => request('a fair request', 'tools/list', {}),
        () => request('a fair request', 'prompts/list', {}),
        () => request('a fair request', 'tools/call', { name: 'proxy_list', arguments: {} }),
      ])(),
    'a strange request': () => {
      // Streams that stay open are answered when they end; they are asked for below.
      const method = word(METHODS.replace('subscriptions/listen ', ''));
      return request('a strange request', method, params(method));
    },
    'a strange tool call': () => request('a strange tool call', 'tools/call', params('tools/call')),
    'a huge request': () => {
      const size = Math.floor(random.pareto(0.7, 1_000));
      return request('a huge request', 'tools/call', {
        name: 'proxy_list',
        arguments: { pad: 'x'.repeat(Math.min(size, 3_000_000)) },
      });
    },
    'deep nesting': () => {
      const depth = Math.floor(random.between(10, 50_000));
      const bytes = Buffer.from(
        `{"jsonrpc":"2.0","method":"ping","params":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`,
      );
      return { kind: 'deep nesting', bytes, answerId: null };
    },
    noise: () => {
      const length = Math.floor(random.between(1, 400));
      const bytes = Buffer.from(Array.from({ length }, () => Math.floor(random.next() * 256)));
      return { kind: 'noise', bytes, answerId: null };
    },
    'a message beyond every limit': () => {
      const pad = 'x'.repeat(random.next() < 0.1 ? 11 * 1024 * 1024 : 100_000);
      return plain('a message beyond every limit', {
        jsonrpc: '2.0',
        id: 1,
        method: 'ping',
        params: { pad },
      });
    },
    'a cut request': () => {
      const { bytes } = request('', 'tools/call', params('tools/call'));
      const cut = bytes.subarray(0, Math.floor(random.next() * (bytes.length - 1)));
      return { kind: 'a cut request', bytes: cut, answerId: null };
    },
    'no message': () => plain('no message', value()),
    'a wrong version': () => plain('a wrong version', { jsonrpc: value(), id: 1, method: 'ping' }),
    'a wrong id': () => plain('a wrong id', { jsonrpc: '2.0', id: value(), method: 'ping' }),
    'a wrong method': () => plain('a wrong method', { jsonrpc: '2.0', id: 1, method: value() }),
    'wrong parameters': () =>
      plain('wrong parameters', { jsonrpc: '2.0', id: 1, method: word(METHODS), params: value() }),
    'a wrong envelope': () =>
      plain('a wrong envelope', {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/list',
        params: { _meta: { ...ENVELOPE, [pick(Object.keys(ENVELOPE))]: value() } },
      }),
    'an answer that nobody asked for': () =>
      plain('an answer that nobody asked for', { jsonrpc: '2.0', id: value(), result: value() }),
    'an error that nobody asked for': () =>
      plain('an error that nobody asked for', { jsonrpc: '2.0', id: 7, error: value() }),
    'a notification out of order': () => {
      const method = pick([
        'initialized',
        'cancelled',
        'progress',
        'roots/list_changed',
        'message',
        'nothing',
      ]);
      return plain('a notification out of order', {
        jsonrpc: '2.0',
        method: `notifications/${method}`,
        params: withEnvelope({ requestId: 999_999_999, progressToken: pick(LITERALS), ...object() }),
      });
    },
    'a batch': () => {
      const one = { jsonrpc: '2.0', id: 1, method: 'ping' };
      const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };
      return plain('a batch', pick([[], [one], [one, one], [one, cancel], [value(), value()]]));
    },
  };
  const kinds = Object.values(KINDS);
  return () => pick(kinds)();
}

/** A first message that a client of 2025 sends; it needs its answer. */
export function initialize(id: number): HostileMessage {
  const clientInfo = { name: 'fuzz', version: '1' };
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
  const bytes = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method: 'initialize', params }));
  return { kind: 'initialize', bytes, answerId: id };
}
