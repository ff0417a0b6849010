import { readSurroundings, type Surroundings } from '../config.ts';
import { toAppError } from '../errors.ts';
import { openLateLog, type SessionLog } from '../late-log.ts';
import type { Answers } from '../server/answers.ts';
import { buildServer } from '../server.ts';
import type { Session } from '../tools/session/session.ts';
import type { serveOverHttp } from '../transport/http.ts';
import { leaveBySteps } from '../transport/leave.ts';
import { serveOverStdio } from '../transport/stdio.ts';
import { readVersion } from '../version.ts';
import { type HttpAddress, readServeFlags, type ServeFlags } from './serve-flags.ts';

/** What is served; it is loaded late, since a host waits for the answer to its greeting and that needs none of it. */
interface LateParts {
  readonly session: Session;
  readonly answers: Answers;
}

/** Starts the MCP server; gives the exit status once it listens, or says why it does not. */
export async function serve(argv: readonly string[]): Promise<number> {
  try {
    const flags = await readServeFlags(argv);
    if (flags === null) process.stdout.write((await import('./choose-tools.ts')).SERVE_HELP);
    else await startServer(flags);
    return 0;
  } catch (error) {
    const { printError } = await import('./print-error.ts');
    printError(toAppError(error), false);
    return 2;
  }
}

async function startServer(flags: ServeFlags): Promise<void> {
  const surroundings = readSurroundings({ workspace: flags.root });
  const log = openLateLog(surroundings.logLevel);
  let parts: Promise<LateParts> | null = null;
  const open = () => {
    parts ??= loadParts(surroundings, log, flags);
    return parts;
  };
  const version = readVersion();
  const build = () => buildServer({ version, answers: async () => (await open()).answers });
  const onError = (error: Error) => log.warn({ seen: error.message }, 'the protocol reported an error');
  const close = async () => (await parts)?.session.close();
  if (flags.http === null) {
    greetPerson(process.stdin, process.stderr);
    serveOverStdio(build, { onError, close, onFirstAnswer: () => void open() });
  } else {
    await serveHttp(build, flags.http, { onError, close, token: surroundings.token });
    await open();
  }
}

/** Where a person has started it in a terminal, says what it waits for: the protocol itself would stay silent. */
export function greetPerson(
  stdin: { readonly isTTY?: boolean },
  stderr: { write(text: string): unknown },
): void {
  if (stdin.isTTY !== true) return;
  stderr.write(
    'breakwater speaks MCP on stdin and stdout: an MCP host starts it by itself (README, "Set up"). Ctrl-C ends.\n' +
      'For hosts that take a URL: breakwater serve --http 127.0.0.1:7788. For people: breakwater --help.\n',
  );
}

async function loadParts(surroundings: Surroundings, log: SessionLog, flags: ServeFlags): Promise<LateParts> {
  const [{ openOffer }, { openAnswers }] = await Promise.all([
    import('./open-offer.ts'),
    import('../server/answers.ts'),
  ]);
  const offer = openOffer(surroundings, log, flags);
  return { session: offer.session, answers: openAnswers(offer) };
}

async function serveHttp(
  build: Parameters<typeof serveOverHttp>[0],
  address: HttpAddress,
  deps: {
    readonly onError: (error: Error) => void;
    readonly close: () => Promise<void>;
    readonly token: string | null;
  },
): Promise<void> {
  const [{ serveOverHttp }, { makeToken }] = await Promise.all([
    import('../transport/http.ts'),
    import('../transport/access.ts'),
  ]);
  const token = deps.token ?? makeToken();
  const service = await serveOverHttp(build, { ...address, token, onError: deps.onError });
  leaveBySteps([deps.close, () => service.close()]);
  process.stderr.write(
    `breakwater serves MCP at ${service.url}\n${deps.token === null ? `bearer token: ${token}\n` : ''}`,
  );
}
