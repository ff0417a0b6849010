import { readSurroundings } from '../config.ts';
import { toAppError } from '../errors.ts';
import { openLog } from '../log.ts';
import proxyList from '../tools/proxy-list.ts';
import proxyOpen from '../tools/proxy-open.ts';
import { isQuestion } from '../tools/session/answer.ts';
import { openSession, type Session } from '../tools/session/session.ts';
import type { ToolContext } from '../tools/tool.ts';
import { readFaultFlag } from './flags.ts';
import { describeError, EXIT } from './run-tool.ts';

/** Opens proxies and holds them until Ctrl-C; then prints what passed. */
export async function holdProxies(
  mappings: readonly string[],
  faults: readonly string[],
  seed: string | undefined,
  root: string | null,
): Promise<number> {
  const surroundings = readSurroundings({ workspace: root });
  const session = openSession(surroundings, openLog(surroundings.logLevel));
  try {
    for (const upstream of mappings) await openOne(session, upstream, faults, seed);
    process.stderr.write('Ctrl-C ends.\n');
    await new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
    const listed = await proxyList.run({}, contextOf(session));
    if (!isQuestion(listed)) process.stdout.write(`\n${listed.text}\n`);
    return EXIT.pass;
  } catch (error) {
    process.stderr.write(describeError(toAppError(error)));
    return EXIT.badInput;
  } finally {
    await session.close();
  }
}

async function openOne(
  session: Session,
  upstream: string,
  faults: readonly string[],
  seed: string | undefined,
): Promise<void> {
  const args = proxyOpen.input.parse({
    upstream,
    faults: faults.map(readFaultFlag),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  });
  const answer = await proxyOpen.run(args, contextOf(session));
  if (!isQuestion(answer)) process.stdout.write(`${answer.text}\n`);
}

function contextOf(session: Session): ToolContext {
  return { session, signal: new AbortController().signal, onProgress: () => undefined, granted: new Set() };
}
