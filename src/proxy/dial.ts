import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { systemErrorCode } from '../errors.ts';
import { guardTarget, TARGET_REFUSED, type TargetGuard } from '../target-guard.ts';
import type { Upstream, UpstreamProtocol, UpstreamTls } from '../types.ts';
import type { ExchangeOutcome } from '../types-run.ts';
import type { UnreachedReason } from './dial-failure.ts';
import type { Timeline } from './timeline.ts';
import { toTlsOptions } from './upstream-tls.ts';

/** Why an upstream could not be reached; `reason` is what `x-breakwater` says. */
export interface DialFailure {
  readonly outcome: ExchangeOutcome;
  readonly reason: UnreachedReason | `injected_${string}`;
}

/** How upstreams may be reached. */
export interface Reach {
  readonly tls: UpstreamTls | undefined;
  /** Says which hosts may be connected to, and finds their addresses. */
  readonly guard: (host: string, port: number) => TargetGuard;
}

export interface DialEvents {
  /** How bytes are read where no TLS is between. */
  readonly onread: OnReadOpts;
  open(socket: Socket): void;
  fail(failure: DialFailure): void;
}

export interface Dial {
  cancel(): void;
}

const CONNECT_TIMEOUT_MS = 10_000;
const ENCRYPTED: readonly UpstreamProtocol[] = ['https', 'tls', 'psqls'];
/** PostgreSQL's message flow, "SSLRequest": length 8, code 80877103. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const SSL_ACCEPTED = 'S'.charCodeAt(0);
const REFUSED: DialFailure = { outcome: 'upstream_error', reason: 'upstream_not_allowed' };

/** `allowHosts`: hosts other than loopback, as the user's configuration has them. */
export function openReach(tls: UpstreamTls | undefined, allowHosts: readonly string[]): Reach {
  let last: { readonly host: string; readonly port: number; readonly guard: TargetGuard } | null = null;
  return {
    tls,
    guard(host, port) {
      // Nearly all connections of a proxy go to the same place, which need not be judged for each.
      if (last?.host !== host || last.port !== port) {
        last = { host, port, guard: guardTarget(host, port, allowHosts) };
      }
      return last.guard;
    },
  };
}

/**
 * Connects to an upstream, through TLS where its protocol says so; gives up after 10 s. What the policy does not allow
 * is not connected to, whatever the name resolves to by now.
 */
export function dial(
  upstream: Upstream,
  { tls, guard }: Reach,
  timeline: Timeline,
  events: DialEvents,
): Dial {
  const { host, port } = upstream;
  const { refusal, lookup } = guard(host, port);
  if (refusal !== null) return refuse(timeline, events);
  const isEncrypted = ENCRYPTED.includes(upstream.protocol);
  const options = { host, port, lookup, allowHalfOpen: true, noDelay: true };
  let socket: Socket = connectTcp(isEncrypted ? options : { ...options, onread: events.onread });
  let settled = false;
  const settle = (): boolean => {
    if (settled) return false;
    settled = true;
    timeout.cancel();
    return true;
  };
  const fail = (failure: DialFailure) => {
    if (!settle()) return;
    socket.destroy();
    events.fail(failure);
  };
  const onError = (error: unknown) => fail(explain(error));
  const open = () => {
    if (!settle()) return;
    socket.off('error', onError);
    events.open(socket);
  };
  const secure = () => {
    socket.off('error', onError);
    socket = encrypt(socket, upstream, tls);
    socket.on('error', onError).once('secureConnect', open);
  };
  const timeout = timeline.at(timeline.now() + CONNECT_TIMEOUT_MS, () =>
    fail({ outcome: 'upstream_timeout', reason: 'upstream_connect_timeout' }),
  );
  socket.on('error', onError).once('connect', () => {
    if (!isEncrypted) open();
    else if (upstream.protocol === 'psqls') askForTls(socket, secure, fail);
    else secure();
  });
  return {
    cancel() {
      if (settle()) socket.on('error', () => undefined).destroy();
    },
  };
}

/** As late as any other failure, when the caller has what it is given. */
function refuse(timeline: Timeline, events: DialEvents): Dial {
  return timeline.at(timeline.now(), () => events.fail(REFUSED));
}

function encrypt(socket: Socket, upstream: Upstream, tls: UpstreamTls | undefined): Socket {
  const servername = tls?.servername ?? upstream.host;
  return connectTls({
    socket,
    host: upstream.host,
    ...(isIP(servername) === 0 ? { servername } : {}),
    ...(upstream.protocol === 'https' ? { ALPNProtocols: ['http/1.1'] } : {}),
    ...toTlsOptions(tls),
  });
}

function askForTls(socket: Socket, secure: () => void, fail: (failure: DialFailure) => void): void {
  socket.once('readable', () => {
    const answer: unknown = socket.read(1);
    if (Buffer.isBuffer(answer) && answer[0] === SSL_ACCEPTED) secure();
    else fail({ outcome: 'upstream_error', reason: 'upstream_tls_refused' });
  });
  socket.write(SSL_REQUEST);
}

function explain(error: unknown): DialFailure {
  const code = systemErrorCode(error) ?? firstCode(error);
  switch (code) {
    case TARGET_REFUSED:
      return REFUSED;
    case 'ECONNREFUSED':
      return { outcome: 'upstream_refused', reason: 'upstream_refused' };
    case 'ETIMEDOUT':
      return { outcome: 'upstream_timeout', reason: 'upstream_connect_timeout' };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { outcome: 'upstream_error', reason: 'upstream_not_resolved' };
    case 'EMFILE':
    case 'ENFILE':
      return { outcome: 'upstream_error', reason: 'out_of_files' };
    case 'ECONNRESET':
    case 'EPIPE':
      return { outcome: 'upstream_reset', reason: 'upstream_reset' };
    default:
      return {
        outcome: 'upstream_error',
        reason: /CERT|TLS|SSL|SIGNED|ISSUER/.test(code ?? '')
          ? 'upstream_tls_failed'
          : 'upstream_unreachable',
      };
  }
}

/** Several addresses were tried: the code of the first. */
function firstCode(error: unknown): string | null {
  return error instanceof AggregateError ? systemErrorCode(error.errors[0]) : null;
}
