import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AppError, systemErrorCode } from '../../errors.ts';
import { guardTarget, TARGET_REFUSED } from '../../target-guard.ts';
import { parseConnectionUrl } from './connection-url.ts';
import type { AskOptions } from './voice.ts';

/** A connection to a Redis server that only asks it about itself. */
export interface RedisSession {
  /**
   * Gives the fields of INFO (https://redis.io/docs/latest/commands/info/) by name.
   *
   * @throws AppError TARGET_UNREACHABLE when it does not answer within the limit or has hung up.
   */
  readInfo(): Promise<Readonly<Record<string, string>>>;
  end(): void;
}

/**
 * Connects by a URL (`redis://user:password@host:6379`) and authenticates where it holds a password, which no error
 * shows.
 *
 * @throws AppError TARGET_UNREACHABLE; `details.code` is Redis's own (`WRONGPASS`, `NOAUTH`) or Node's.
 */
export async function connectRedis(
  url: string,
  { limitMs, tls, allowHosts }: AskOptions,
): Promise<RedisSession> {
  const { protocol, hostname, port: named, username, password } = parseConnectionUrl(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const port = named === '' ? 6379 : Number(named);
  const { refusal, lookup } = guardTarget(host, port, allowHosts);
  if (refusal !== null) throw unreachable(TARGET_REFUSED);
  const isSecure = protocol === 'rediss:' || tls !== undefined;
  const socket = isSecure ? connectTls({ host, port, lookup, ...tls }) : connect({ host, port, lookup });
  const ask = openConversation(socket, limitMs);
  const words = [username, password].filter((word) => word !== '').map(decode);
  if (password !== '') await ask(['AUTH', ...words]);
  // A wrong password, or a missing one, is noticed before the first look.
  await ask(['PING']);
  return {
    async readInfo() {
      const lines = (await ask(['INFO'])).split('\r\n');
      return Object.fromEntries(
        lines
          .filter((line) => !line.startsWith('#') && line.includes(':'))
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
      );
    },
    end: () => socket.destroy(),
  };
}

/** A `%` that was not encoded stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

interface Asked {
  resolve(text: string): void;
  reject(error: AppError): void;
}

/** Sends one command at a time and reads its reply (RESP2: https://redis.io/docs/latest/develop/reference/protocol-spec/). */
function openConversation(socket: Socket, limitMs: number): (words: readonly string[]) => Promise<string> {
  let received = Buffer.alloc(0);
  let asked: Asked | null = null;
  let ended: AppError | null = null;
  const fail = (code: string | null, cause?: unknown) => {
    ended ??= unreachable(code, cause);
    asked?.reject(ended);
    asked = null;
    socket.destroy();
  };
  socket.on('error', (error) => fail(systemErrorCode(error), error)).on('close', () => fail(null));
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    const reply = readReply(received);
    if (reply === null || asked === null) return;
    received = Buffer.alloc(0);
    if (reply.isError) fail(/^[A-Z]+/.exec(reply.text)?.[0] ?? 'ERR');
    else asked.resolve(reply.text);
    asked = null;
  });
  return (words) =>
    new Promise<string>((resolve, reject) => {
      if (ended !== null) return reject(ended);
      const timer = setTimeout(() => fail('ETIMEDOUT'), limitMs);
      const settle = <Value>(tell: (value: Value) => void) => {
        return (value: Value) => {
          clearTimeout(timer);
          tell(value);
        };
      };
      asked = { resolve: settle(resolve), reject: settle(reject) };
      const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
      socket.write(`*${words.length}\r\n${parts.join('')}`);
    });
}

/** Reads a simple string, an error or a bulk string; `null`: it is not whole yet. */
function readReply(bytes: Buffer): { readonly text: string; readonly isError: boolean } | null {
  const lineEnd = bytes.indexOf('\r\n');
  if (lineEnd < 0) return null;
  const line = bytes.toString('utf8', 1, lineEnd);
  if (bytes.toString('latin1', 0, 1) !== '$') return { text: line, isError: bytes[0] === 0x2d };
  const length = Number(line);
  const start = lineEnd + 2;
  if (bytes.length < start + length + 2) return null;
  return { text: bytes.toString('utf8', start, start + length), isError: false };
}

const REASONS: Readonly<Record<string, string>> = {
  WRONGPASS: 'wrong or missing password',
  NOAUTH: 'wrong or missing password',
  [TARGET_REFUSED]: 'its host is not allowed as a target',
};

function unreachable(code: string | null, cause?: unknown): AppError {
  const because = code === null ? null : (REASONS[code] ?? code);
  return new AppError(
    'TARGET_UNREACHABLE',
    `Redis did not answer${because === null ? '' : ` (${because})`}.`,
    {
      hint: 'Check that it runs, and user and password in app.env of breakwater.yaml.',
      retryable: true,
      details: { code },
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
