import { readSurroundings } from '../config.ts';
import { AppError, toAppError } from '../errors.ts';
import { openLog } from '../log.ts';
import proxyList from '../tools/proxy-list.ts';
import proxyOpen from '../tools/proxy-open.ts';
import { isQuestion } from '../tools/session/answer.ts';
import { openSession, type Session } from '../tools/session/session.ts';
import type { ToolContext } from '../tools/tool.ts';
import { readFaultFlag } from './flags.ts';
import { EXIT, printError } from './run-tool.ts';
import { openToxiproxy, type ToxiproxyApi } from './toxiproxy.ts';

const LONG_MS = 2 ** 30;

export interface HoldOptions {
  readonly faults: readonly string[];
  readonly tls: boolean;
  readonly seed: string | undefined;
  /** Where to serve Toxiproxy's API; `null`: nowhere. */
  readonly toxiproxy: string | null;
}

/** Opens proxies and holds them until Ctrl-C; then prints what passed. */
export async function holdProxies(
  mappings: readonly string[],
  options: HoldOptions,
  root: string | null,
): Promise<number> {
  const { seed, toxiproxy } = options;
  const surroundings = readSurroundings({ workspace: root });
  const session = openSession(surroundings, openLog(surroundings.logLevel));
  let api: ToxiproxyApi | null = null;
  try {
    if (mappings.length === 0 && toxiproxy === null) throw nothingToHold();
    for (const upstream of mappings) await openOne(session, upstream, options);
    if (toxiproxy !== null) {
      api = await openToxiproxy(session, toxiproxy, seed);
      process.stdout.write(`${api.text}\n`);
    }
    process.stderr.write('Ctrl-C ends.\n');
    await untilStopped();
    if (mappings.length > 0) await listProxies(session);
    if (api !== null) process.stdout.write(await api.listTraffic());
    return EXIT.pass;
  } catch (error) {
    printError(toAppError(error), false);
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

async function openOne(
  session: Session,
  upstream: string,
  { faults, tls, seed }: HoldOptions,
): Promise<void> {
  const args = proxyOpen.input.parse({
    upstream,
    tls,
    faults: faults.map(readFaultFlag),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  });
  const answer = await proxyOpen.run(args, contextOf(session));
  if (!isQuestion(answer)) process.stdout.write(`${answer.text}\n`);
}

/** Waits for Ctrl-C. Neither a signal's handler nor the proxies' thread keeps the process: a timer does. */
async function untilStopped(): Promise<void> {
  const stay = setInterval(() => undefined, LONG_MS);
  await new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
  clearInterval(stay);
}

async function listProxies(session: Session): Promise<void> {
  const listed = await proxyList.run({}, contextOf(session));
  if (!isQuestion(listed)) process.stdout.write(`\n${listed.text}\n`);
}

function contextOf(session: Session): ToolContext {
  return { session, signal: new AbortController().signal, onProgress: () => undefined, granted: new Set() };
}
