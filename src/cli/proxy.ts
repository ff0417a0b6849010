import { readSurroundings } from '../config.ts';
import { AppError, toAppError } from '../errors.ts';
import { openLog } from '../log.ts';
import { formatMapping, parseMapping } from '../proxy/mapping.ts';
import proxyClose from '../tools/proxy-close.ts';
import proxyOpen from '../tools/proxy-open.ts';
import { isQuestion } from '../tools/session/answer.ts';
import { readArguments } from '../tools/session/arguments.ts';
import { openSession, type Session } from '../tools/session/session.ts';
import { describeTraffic } from '../tools/session/traffic.ts';
import type { ToolContext } from '../tools/tool.ts';
import { openLiveStatus } from './live-status.ts';
import { openVoice, type ProxyVoice } from './proxy-voice.ts';
import { EXIT } from './run-tool.ts';
import { openToxiproxy, type ToxiproxyApi } from './toxiproxy.ts';

const STATUS_EVERY_MS = 1_000;

export interface HoldOptions {
  /** Arguments of `proxy_open` for each of them. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Where to serve Toxiproxy's API; `null`: nowhere. */
  readonly toxiproxy: string | null;
  /** Print events as lines of JSON. */
  readonly json: boolean;
}

/** Opens proxies and holds them until Ctrl-C, showing what passes; then prints what passed in all. */
export async function holdProxies(
  mappings: readonly string[],
  { args, toxiproxy, json }: HoldOptions,
  root: string | null,
): Promise<number> {
  const surroundings = readSurroundings({ workspace: root });
  const session = openSession(surroundings, openLog(surroundings.logLevel));
  const voice = openVoice(json);
  let api: ToxiproxyApi | null = null;
  try {
    if (mappings.length === 0 && toxiproxy === null) throw nothingToHold();
    // All are read before the first is opened: of a list with a slip nothing begins to listen.
    for (const named of nameAll(mappings)) await openOne(session, { ...args, ...named }, voice);
    if (toxiproxy !== null) {
      api = await openToxiproxy(session, toxiproxy, args.seed === undefined ? undefined : String(args.seed));
      voice.openedApi(api);
    }
    voice.ready();
    process.stderr.write('Ctrl-C ends.\n');
    await showUntilStopped(session);
    if (mappings.length > 0) await closeAll(session, voice);
    if (api !== null) await voice.closedApi(api);
    return EXIT.pass;
  } catch (error) {
    voice.failed(toAppError(error));
    return EXIT.badInput;
  } finally {
    await api?.close();
    await session.close();
  }
}

function nothingToHold(): AppError {
  return new AppError('BAD_INPUT', 'No mapping is given, and no --toxiproxy.', {
    hint: 'Write a mapping such as 35432=psql://127.0.0.1:5432.',
  });
}

/** Mappings as arguments of `proxy_open`; of several to one upstream, the further ones with a number in their name. */
function nameAll(mappings: readonly string[]): readonly Readonly<Record<string, string>>[] {
  const counts = new Map<string, number>();
  return mappings.map((upstream) => {
    const name = formatMapping({ ...parseMapping(upstream), listenPort: 0 });
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? { upstream } : { upstream, name: `${name} (${count})` };
  });
}

async function openOne(
  session: Session,
  raw: Readonly<Record<string, unknown>>,
  voice: ProxyVoice,
): Promise<void> {
  const read = readArguments(proxyOpen.input, raw);
  if (!read.ok) throw new AppError('BAD_INPUT', read.messages.join(' '));
  const answer = await proxyOpen.run(proxyOpen.input.parse(read.value), contextOf(session));
  if (isQuestion(answer)) return;
  const opened = session.proxies.list().find(({ name }) => name === answer.facts.name);
  if (opened !== undefined) voice.opened(answer, opened);
}

/** Waits for Ctrl-C. Neither a signal's handler nor the proxies' thread keeps the process: the timer does. */
async function showUntilStopped(session: Session): Promise<void> {
  const status = openLiveStatus(process.stderr, () => describeAll(session));
  const timer = setInterval(() => void status.refresh().catch(() => undefined), STATUS_EVERY_MS);
  await new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
  clearInterval(timer);
  status.end();
}

async function describeAll(session: Session): Promise<string> {
  const lines = await Promise.all(
    session.proxies
      .list()
      .map(async ({ name, proxy }) => `${name}: ${describeTraffic(await proxy.traffic())}`),
  );
  return lines.join('; ');
}

async function closeAll(session: Session, voice: ProxyVoice): Promise<void> {
  const closed = await proxyClose.run({ name: 'all' }, contextOf(session));
  if (!isQuestion(closed)) voice.closed(closed);
}

function contextOf(session: Session): ToolContext {
  return { session, signal: new AbortController().signal, onProgress: () => undefined, granted: new Set() };
}
