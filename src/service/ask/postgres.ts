import type { Client } from 'pg';
import { AppError, systemErrorCode } from '../../errors.ts';
import { redact } from '../../policy.ts';
import { guardTarget, TARGET_REFUSED } from '../../target-guard.ts';
import { parseConnectionUrl } from './connection-url.ts';
import type { AskOptions } from './voice.ts';

/** One session at a PostgreSQL server. */
export interface PostgresSession {
  /**
   * Gives the rows by name of column.
   *
   * @throws AppError TARGET_UNREACHABLE when the session has ended, or after `limitMs`; BAD_INPUT for what the
   * server says of the query.
   */
  query(text: string, values?: readonly (string | number)[]): Promise<readonly PostgresRow[]>;
  /** Ends it, also while a query runs; never rejects. A session whose query took too long is of no more use. */
  end(): Promise<void>;
  /** Whether it has ended, by us or by the server. */
  readonly hasEnded: boolean;
}

/** Whole numbers of 64 bits come as text. */
export type PostgresRow = Readonly<Record<string, unknown>>;

const FAREWELL_LIMIT_MS = 500;
/** By this the server's own tables tell our sessions from the service's. */
export const APPLICATION_NAME = 'breakwater';

/**
 * Opens a session by a URL with its credentials in it, which no error shows.
 *
 * @throws AppError TARGET_UNREACHABLE when no session came about: `details.code` says why, as PostgreSQL's SQLSTATE
 * (`28P01`: wrong password, `53300`: too many connections) or Node's code (`ECONNREFUSED`).
 */
export async function connectPostgres(url: string, options: AskOptions): Promise<PostgresSession> {
  const { default: pg } = await import('pg');
  const { limitMs, tls } = options;
  const place = parseConnectionUrl(url);
  const servername = place.hostname;
  let client: Client;
  let hasEnded = false;
  try {
    place.hostname = await lookUp(place, options.allowHosts);
    client = new pg.Client({
      connectionString: place.href,
      connectionTimeoutMillis: limitMs,
      query_timeout: limitMs,
      application_name: APPLICATION_NAME,
      ...(tls === undefined ? {} : { ssl: { servername, ...tls } }),
    });
    // Without a listener a session that the server ends would end our process.
    client.on('error', () => {
      hasEnded = true;
    });
    client.on('end', () => {
      hasEnded = true;
    });
    await client.connect();
  } catch (error) {
    throw unreachable('No session at PostgreSQL came about', error);
  }
  return {
    async query(text, values = []) {
      try {
        const { rows } = await client.query<PostgresRow>(text, [...values]);
        return rows;
      } catch (error) {
        if (hasEnded || sqlState(error) === null) throw unreachable('PostgreSQL did not answer', error);
        throw new AppError('BAD_INPUT', `PostgreSQL refused a query (${sqlState(error)}).`, {
          details: { seen: redact(messageOf(error)) },
          cause: error,
        });
      }
    },
    async end() {
      hasEnded = true;
      await endWithin(client, FAREWELL_LIMIT_MS);
    },
    get hasEnded() {
      return hasEnded;
    },
  };
}

/** The address that the policy looked at; the driver is given no name that could lead elsewhere by then. */
function lookUp(place: URL, allowHosts: readonly string[]): Promise<string> {
  // The driver would follow these instead of the host.
  for (const name of ['host', 'hostaddr', 'port']) place.searchParams.delete(name);
  const host = place.hostname.replace(/^\[|\]$/g, '');
  const { refusal, lookup } = guardTarget(host, place.port === '' ? 5432 : Number(place.port), allowHosts);
  return new Promise((resolve, reject) => {
    if (refusal !== null) reject(Object.assign(new Error(refusal), { code: TARGET_REFUSED }));
    lookup(host, { family: 0 }, (error, address, family) => {
      if (error !== null) reject(error);
      else if (typeof address === 'string') resolve(family === 6 ? `[${address}]` : address);
    });
  });
}

/** Says farewell, and hangs up on a server that does not answer to it. */
async function endWithin(client: Client, limitMs: number): Promise<void> {
  const timer = setTimeout(() => client.connection.stream.destroy(), limitMs);
  await client.end().catch(() => undefined);
  clearTimeout(timer);
}

const REASONS: Readonly<Record<string, string>> = {
  '28P01': 'wrong password',
  '53300': 'too many connections',
  [TARGET_REFUSED]: 'its host is not allowed as a target',
};

function unreachable(what: string, error: unknown): AppError {
  const code = systemErrorCode(error);
  const because = code === null ? null : (REASONS[code] ?? code);
  return new AppError('TARGET_UNREACHABLE', `${what}${because === null ? '' : ` (${because})`}.`, {
    hint: 'Check that it runs, and user and password in app.env of breakwater.yaml.',
    retryable: true,
    details: { code, seen: redact(messageOf(error)) },
    cause: error,
  });
}

/** Five characters, such as `42P01`: an answer of the server. */
function sqlState(error: unknown): string | null {
  const code = systemErrorCode(error);
  return code !== null && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
