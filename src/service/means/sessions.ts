import { sleep } from '../../clock.ts';
import { AppError } from '../../errors.ts';
import type { ActiveFailure, DrillDependency } from '../../types-means.ts';
import { connectionUrlOf } from '../ask/connection-url.ts';
import { connectPostgres, type PostgresSession } from '../ask/postgres.ts';
import { once } from './active.ts';
import type { AppMeansDeps } from './deps.ts';

const LIMIT_MS = 10_000;
/** PostgreSQL starts a process for each session, so they come a few at a time. */
const AT_ONCE = 8;
/** By this the session that watches over the others asks and ends them. */
const OUR_CONTROL = 1;

/** How many sessions the server has to give. */
const ROOM = `
SELECT current_setting('max_connections')::int AS max,
       current_setting('superuser_reserved_connections')::int
         + coalesce(current_setting('reserved_connections', true), '0')::int AS reserved,
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::int AS taken`;
/** Since PostgreSQL 14; by this the server sees within a second that a killed client has gone. */
const NOTICE_GONE = "SELECT set_config('client_connection_check_interval', '1s', false)";
/** A session is told by its process and the moment when it began. */
const WHO =
  'SELECT pg_backend_pid() AS pid, backend_start::text AS began FROM pg_stat_activity WHERE pid = pg_backend_pid()';
const OURS = `
  FROM pg_stat_activity AS a
  JOIN unnest($1::int[], $2::text[]) AS ours(pid, began) ON a.pid = ours.pid AND a.backend_start::text = ours.began`;

/** One session that sleeps. */
interface Held {
  readonly session: PostgresSession;
  readonly pid: number;
  readonly began: string;
}

/**
 * Opens sessions straight at the real PostgreSQL, with the credentials of `app.env`, each in `pg_sleep` until `forMs`
 * has passed. What the server reserves, and one session for ours, is not taken. They end with this process, even when
 * it is killed: at once since PostgreSQL 14, before that after `forMs`.
 *
 * @throws AppError CONFIG_INVALID when app.env does not say how it is reached; LIMIT_EXCEEDED when the server has not
 * that many left; TARGET_UNREACHABLE.
 */
export async function holdSessions(
  { name, upstream }: DrillDependency,
  sessions: number,
  forMs: number,
  deps: AppMeansDeps,
): Promise<ActiveFailure> {
  const url = connectionUrlOf(deps.app.env, name, upstream);
  if (url === null || !/^postgres(ql)?:/i.test(url)) throw unknownPlace(name);
  deps.signal.throwIfAborted();
  const { allowHosts } = deps;
  const tls = upstream.protocol === 'psqls' ? {} : undefined;
  const control = await connectPostgres(url, { limitMs: LIMIT_MS, tls, allowHosts });
  try {
    await demandRoom(control, sessions);
  } catch (error) {
    await control.end();
    throw error;
  }
  const place = `${upstream.host}:${upstream.port}`;
  const broke = `${sessions} sessions held at ${name} (${place}) by pg_sleep`;
  const until = new Date(deps.clock.date().getTime() + forMs).toISOString();
  const note = await deps.journal.open(broke, { kind: 'sessions', place, pids: [], until });
  const held: Held[] = [];
  const over = new AbortController();
  let seen = { atFirst: 0, atLast: 0 };
  const end = once(async () => {
    over.abort();
    seen = { ...seen, atLast: await countAsleep(control, held).catch(() => 0) };
    // A server that is gone has no sessions either.
    await control.query(`SELECT pg_terminate_backend(a.pid) ${OURS}`, ourList(held)).catch(() => undefined);
    await Promise.all(held.map(({ session }) => session.end()));
    await control.end();
    await note.close();
  });
  try {
    const limitMs = forMs + LIMIT_MS;
    for (let left = sessions; left > 0; left -= AT_ONCE) {
      deps.signal.throwIfAborted();
      const opening = Array.from({ length: Math.min(AT_ONCE, left) }, () =>
        open(url, { limitMs, tls, allowHosts }),
      );
      // All of them are waited for, so that none opens after the others have been ended.
      const opened = await Promise.allSettled(opening);
      held.push(...opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
      const failed = opened.find((one) => one.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      await note.update({ kind: 'sessions', place, pids: held.map(({ pid }) => pid), until });
    }
    for (const { session } of held)
      void session.query('SELECT pg_sleep($1)', [forMs / 1_000]).catch(() => undefined);
    seen = { ...seen, atFirst: await untilAsleep(control, held, deps) };
  } catch (error) {
    await end();
    throw error;
  }
  const signal = AbortSignal.any([deps.signal, over.signal]);
  void sleep(deps.clock, forMs, signal)
    .then(end, end)
    .catch(() => undefined);
  return { broke, end, evidence: async () => describe(seen, sessions) };
}

async function open(url: string, options: Parameters<typeof connectPostgres>[1]): Promise<Held> {
  const session = await connectPostgres(url, options);
  try {
    await session.query(NOTICE_GONE).catch(() => undefined);
    const [row] = await session.query(WHO);
    return { session, pid: Number(row?.pid), began: String(row?.began) };
  } catch (error) {
    await session.end();
    throw error;
  }
}

async function demandRoom(control: PostgresSession, sessions: number): Promise<void> {
  const [row] = await control.query(ROOM);
  const max = Number(row?.max);
  const reserved = Number(row?.reserved);
  const taken = Number(row?.taken);
  const room = max - reserved - taken;
  if (sessions <= room) return;
  throw new AppError(
    'LIMIT_EXCEEDED',
    `${sessions} sessions were asked for, but the server has ${Math.max(0, room)} left: of ${max} connections ${reserved} are reserved and ${taken - OUR_CONTROL} taken.`,
    { hint: 'Lower sessions under drills.run of breakwater.yaml, or raise max_connections of the server.' },
  );
}

/** Looks until all sleep, for a few seconds at most; gives how many do. */
async function untilAsleep(
  control: PostgresSession,
  held: readonly Held[],
  { clock, signal }: AppMeansDeps,
): Promise<number> {
  const untilMs = clock.now() + LIMIT_MS;
  for (;;) {
    const asleep = await countAsleep(control, held);
    if (asleep === held.length || clock.now() >= untilMs) return asleep;
    await sleep(clock, 20, signal);
  }
}

async function countAsleep(control: PostgresSession, held: readonly Held[]): Promise<number> {
  const [row] = await control.query(
    `SELECT count(*)::int AS asleep ${OURS} WHERE a.wait_event = 'PgSleep'`,
    ourList(held),
  );
  return Number(row?.asleep ?? 0);
}

/** As PostgreSQL writes arrays. */
function ourList(held: readonly Held[]): readonly [pids: string, began: string] {
  return [
    `{${held.map(({ pid }) => pid).join(',')}}`,
    `{${held.map(({ began }) => `"${began}"`).join(',')}}`,
  ];
}

function describe(
  { atFirst, atLast }: { readonly atFirst: number; readonly atLast: number },
  sessions: number,
): { value: boolean; evidence: string } {
  return {
    value: atFirst >= sessions,
    evidence: `pg_stat_activity showed ${atFirst} of ${sessions} sessions in pg_sleep at first and ${atLast} at the end`,
  };
}

function unknownPlace(name: string): AppError {
  return new AppError(
    'CONFIG_INVALID',
    `No variable of app.env in breakwater.yaml says how the PostgreSQL ${name} is reached.`,
    {
      hint: `Name it by its URL, for example DATABASE_URL: "postgres://USER:PASSWORD@{${name}}/DATABASE".`,
    },
  );
}
