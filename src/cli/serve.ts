import { readSurroundings } from '../config.ts';
import { toAppError } from '../errors.ts';
import { openLateLog } from '../late-log.ts';
import { PROMPTS } from '../prompts/index.ts';
import { RESOURCES } from '../resources/index.ts';
import { buildServer } from '../server.ts';
import { repairDrills } from '../tools/session/repair-drills.ts';
import { openSession, type Session } from '../tools/session/session.ts';
import type { serveOverHttp } from '../transport/http.ts';
import { leaveBySteps } from '../transport/leave.ts';
import { serveOverStdio } from '../transport/stdio.ts';
import { readVersion } from '../version.ts';
import { printError } from './print-error.ts';
import { type HttpAddress, readServeFlags, SERVE_HELP, type ServeFlags } from './serve-flags.ts';

/** Starts the MCP server; gives the exit status once it listens, or says why it does not. */
export async function serve(argv: readonly string[]): Promise<number> {
  try {
    const flags = readServeFlags(argv);
    if (flags === null) process.stdout.write(SERVE_HELP);
    else await startServer(flags);
    return 0;
  } catch (error) {
    printError(toAppError(error), false);
    return 2;
  }
}

async function startServer(flags: ServeFlags): Promise<void> {
  const surroundings = readSurroundings({ workspace: flags.root });
  const log = openLateLog(surroundings.logLevel);
  const session = openSession(surroundings, log);
  void mendDrills(session);
  const version = readVersion();
  const build = () =>
    buildServer({
      version,
      session,
      tools: flags.tools,
      resources: RESOURCES,
      prompts: PROMPTS,
      structuredOutput: flags.structuredOutput,
    });
  const onError = (error: Error) => log.warn({ seen: error.message }, 'the protocol reported an error');
  if (flags.http === null) serveOverStdio(build, { onError, close: () => session.close() });
  else await serveHttp(build, flags.http, { onError, session, token: surroundings.token });
}

/** Mends what killed drills have left; the protocol does not wait for it. */
async function mendDrills({ surroundings, clock, log }: Session): Promise<void> {
  try {
    for (const line of (await repairDrills(surroundings, clock)).lines) log.warn(line);
  } catch (error) {
    log.warn({ seen: toAppError(error).message }, 'what interrupted drills have left could not be looked at');
  }
}

async function serveHttp(
  build: Parameters<typeof serveOverHttp>[0],
  address: HttpAddress,
  deps: {
    readonly onError: (error: Error) => void;
    readonly session: Session;
    readonly token: string | null;
  },
): Promise<void> {
  const [{ serveOverHttp }, { makeToken }] = await Promise.all([
    import('../transport/http.ts'),
    import('../transport/access.ts'),
  ]);
  const token = deps.token ?? makeToken();
  const service = await serveOverHttp(build, { ...address, token, onError: deps.onError });
  leaveBySteps([() => deps.session.close(), () => service.close()]);
  process.stderr.write(
    `breakwater serves MCP at ${service.url}\n${deps.token === null ? `bearer token: ${token}\n` : ''}`,
  );
}
