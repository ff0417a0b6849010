import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { Random } from '../../../src/random.ts';
import type { Era, HostileMessage } from './messages.ts';

export type Transport = 'stdio' | 'http' | 'sse';

/** One connection to the server. */
export interface Peer {
  /** Sends; resolves when the next may follow. */
  send(message: HostileMessage): Promise<void>;
  /** Ids that were answered. */
  readonly answered: ReadonlySet<number>;
  /** What came that is no message of the protocol. */
  readonly strange: readonly string[];
  close(): Promise<void>;
}

/** The server under attack. */
export interface Attacked {
  connect(era: Era, random: Random): Promise<Peer>;
  /** How it ended, if it has; `null`: it lives. */
  ended(): string | null;
  memory(): { readonly nowMb: number; readonly peakMb: number };
  stop(): Promise<void>;
}

const TOKEN = 'a-token-for-the-fuzz';
const CLI = 'dist/cli.js';

function start(repository: string, workspace: string, flags: readonly string[]): ChildProcess {
  const env = {
    PATH: process.env.PATH ?? '',
    BREAKWATER_WORKSPACE: workspace,
    BREAKWATER_HOME: `${workspace}/.home`,
    BREAKWATER_LOG_LEVEL: 'silent',
    BREAKWATER_TOKEN: TOKEN,
  };
  return spawn(process.execPath, [CLI, 'serve', ...flags], { cwd: repository, env, stdio: 'pipe' });
}

function describe(child: ChildProcess): Pick<Attacked, 'ended' | 'memory' | 'stop'> {
  let text = '';
  child.stderr?.on('data', (part: Buffer) => {
    text = (text + part.toString()).slice(-2_000);
  });
  const exited = once(child, 'exit');
  return {
    ended: () =>
      child.exitCode === null && child.signalCode === null
        ? null
        : `exit ${child.exitCode ?? child.signalCode}: ${text}`,
    memory() {
      const status = process.platform === 'linux' ? readFileSync(`/proc/${child.pid}/status`, 'utf8') : '';
      const read = (name: string) =>
        Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024);
      return { nowMb: read('VmRSS'), peakMb: read('VmHWM') };
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Notes what came: the ids of answers, and what no client could read. */
function createNotes() {
  const answered = new Set<number>();
  const strange: string[] = [];
  const note = (text: string) => {
    try {
      const message = JSON.parse(text);
      if (message?.jsonrpc !== '2.0') strange.push(text.slice(0, 200));
      else if (typeof message.id === 'number') answered.add(message.id);
    } catch {
      strange.push(text.slice(0, 200));
    }
  };
  return { answered, strange, note };
}

/** A process of its own, as each host starts one. */
export async function attackStdio(repository: string, workspace: string): Promise<Attacked> {
  const child = start(repository, workspace, []);
  const { answered, strange, note } = createNotes();
  if (child.stdout === null || child.stdin === null) throw new Error('no pipes');
  const { stdin } = child;
  stdin.on('error', () => undefined);
  createInterface({ input: child.stdout }).on('line', note);
  const gone = once(child, 'exit');
  const write = async (bytes: Buffer) => {
    if (child.exitCode !== null || stdin.write(bytes)) return;
    await Promise.race([once(stdin, 'drain'), gone]).catch(() => gone);
  };
  return {
    ...describe(child),
    connect: async (_era, random) => ({
      answered,
      strange,
      // In pieces, which may fall between the bytes of one character.
      async send({ bytes }) {
        const middle = Math.floor(random.next() * bytes.length);
        await write(bytes.subarray(0, middle));
        await write(Buffer.concat([bytes.subarray(middle), Buffer.from('\n')]));
      },
      close: async () => undefined,
    }),
  };
}

/** One server for all connections. */
export async function attackHttp(
  repository: string,
  workspace: string,
  transport: 'http' | 'sse',
): Promise<Attacked> {
  const child = start(repository, workspace, ['--http', '127.0.0.1:0']);
  if (child.stderr === null) throw new Error('no pipes');
  const [line] = await once(createInterface({ input: child.stderr }), 'line');
  const port = Number(/:(\d+)\/mcp/.exec(String(line))?.[1]);
  const open = transport === 'http' ? connectHttp : connectSse;
  return { ...describe(child), connect: (era, random) => open(port, era, random) };
}

const BEARER = { authorization: `Bearer ${TOKEN}` };
const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

interface Posted {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly method?: string;
}

/** Sends one body; resolves to the whole answer, or to nothing when the connection was cut. */
function post(port: number, agent: Agent, { path, headers, method = 'POST' }: Posted, body: Buffer) {
  return new Promise<string>((resolve) => {
    const sent = httpRequest(
      { host: '127.0.0.1', port, path, method, agent, headers: { ...BEARER, ...headers } },
      async (answer) => resolve(await readAll(answer)),
    );
    sent.on('error', () => resolve(''));
    sent.end(body);
  });
}

async function readAll(answer: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const part of answer) text += String(part);
  } catch {
    return '';
  }
  return text;
}

/** Requests that HTTP itself does not expect: framing, methods, headers, sessions that never were. */
function sendOdd(port: number, path: string, random: Random, body: Buffer): Promise<void> {
  const odd = [
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Length: 99999\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    `POST // HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Length: 0\r\n\r\n`,
    `GET http://[ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
    `OPTIONS * HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
    `DELETE ${path} HTTP/1.1\r\nHost: [::1\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
    `CONNECT a:1 HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`,
    `PUT ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nMcp-Session-Id: ${'9'.repeat(7_000)}\r\nMCP-Protocol-Version: 2099\r\nContent-Length: 2\r\n\r\n{}`,
  ];
  const head = odd[Math.floor(random.next() * odd.length)] ?? '';
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(Buffer.concat([Buffer.from(head), body])));
    socket.resume();
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}

const ODD_SHARE = 0.1;

async function connectHttp(port: number, era: Era, random: Random): Promise<Peer> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const { answered, strange, note } = createNotes();
  const underWay = new Set<Promise<void>>();
  const version = era === '2026' ? '2026-07-28' : '2025-06-18';
  const deliver = async ({ bytes, answerId }: HostileMessage) => {
    if (answerId === null && random.next() < ODD_SHARE) return sendOdd(port, '/mcp', random, bytes);
    const message = answerId === null ? null : JSON.parse(bytes.toString());
    const named = message?.params?.name ?? message?.params?.uri;
    const headers = {
      ...JSON_HEADERS,
      'mcp-protocol-version': version,
      ...(message === null || era === '2025' ? {} : { 'mcp-method': encode(message.method) }),
      ...(named === undefined || era === '2025' ? {} : { 'mcp-name': encode(named) }),
    };
    const text = await post(port, agent, { path: '/mcp', headers }, bytes);
    for (const line of text.split('\n')) {
      if (line.startsWith('data: ')) note(line.slice('data: '.length));
      else if (line.startsWith('{')) note(line);
    }
  };
  return {
    answered,
    strange,
    async send(message) {
      const sent = deliver(message).finally(() => underWay.delete(sent));
      underWay.add(sent);
      if (underWay.size >= 16) await Promise.race(underWay);
    },
    async close() {
      await Promise.all(underWay);
      agent.destroy();
    },
  };
}

/** A header value as protocol 2026-07-28 writes what no header can hold (SEP-2243). */
function encode(value: string): string {
  return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value)
    ? value
    : `=?base64?${Buffer.from(value).toString('base64')}?=`;
}

async function connectSse(port: number, _era: Era, random: Random): Promise<Peer> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const { answered, strange, note } = createNotes();
  const sent = httpRequest({ host: '127.0.0.1', port, path: '/sse', headers: BEARER }).end();
  const [stream] = (await once(sent, 'response')) as [IncomingMessage];
  stream.on('error', () => undefined);
  const lines = createInterface({ input: stream }).on('error', () => undefined);
  const path = await new Promise<string>((resolve) => {
    lines.once('line', () => lines.once('line', (line) => resolve(line.slice('data: '.length))));
  });
  lines.on('line', (line) => line.startsWith('data: ') && note(line.slice('data: '.length)));
  return {
    answered,
    strange,
    async send({ bytes, answerId }) {
      if (answerId === null && random.next() < ODD_SHARE) return sendOdd(port, path, random, bytes);
      await post(port, agent, { path, headers: JSON_HEADERS }, bytes);
    },
    async close() {
      sent.destroy();
      agent.destroy();
    },
  };
}
