import { parseArgs } from 'node:util';
import { readSurroundings } from '../config.ts';
import { AppError, toAppError } from '../errors.ts';
import { openLog } from '../log.ts';
import { PROMPTS } from '../prompts/index.ts';
import { RESOURCES } from '../resources/index.ts';
import { buildServer } from '../server.ts';
import { TOOLS } from '../tools/index.ts';
import { openSession } from '../tools/session/session.ts';
import type { serveOverHttp } from '../transport/http.ts';
import { serveOverStdio } from '../transport/stdio.ts';
import { quote } from '../units.ts';
import { readVersion } from '../version.ts';

/** Longest time that ending runs and proxies may take. */
const CLOSE_LIMIT_MS = 3_000;

const HELP = `breakwater serve: the MCP server over stdin and stdout, or over HTTP.

  --root FOLDER          the workspace; default BREAKWATER_WORKSPACE, CLAUDE_PROJECT_DIR, else this folder
  --http HOST:PORT       serve Streamable HTTP at http://HOST:PORT/mcp instead (older hosts: HTTP with SSE at /sse);
                         clients need the bearer token that BREAKWATER_TOKEN holds, else one that is made and shown
  --read-only            only the tools that change nothing and start nothing
  --structured-output    give the facts of each answer as structuredContent too
`;

/** Starts the MCP server; returns once it listens. */
export async function serve(argv: readonly string[]): Promise<void> {
  const flags = readFlags(argv);
  if (flags === null) {
    process.stderr.write(HELP);
    process.exitCode = argv.includes('--help') ? 0 : 2;
    return;
  }
  const surroundings = readSurroundings({ workspace: flags.root });
  const log = openLog(surroundings.logLevel);
  const session = openSession(surroundings, log);
  const version = readVersion();
  const build = () =>
    buildServer({
      version,
      session,
      tools: flags.readOnly ? TOOLS.filter(({ nature }) => nature.readOnly) : TOOLS,
      resources: RESOURCES,
      prompts: PROMPTS,
      structuredOutput: flags.structuredOutput,
    });
  const onError = (error: Error) => log.warn({ seen: error.message }, 'the protocol reported an error');
  if (flags.http === null) serveOverStdio(build, { onError, close: () => session.close() });
  else await serveHttp(build, flags.http, { onError, session, token: surroundings.token }).catch(explain);
}

/** Says why the server could not start. */
function explain(error: unknown): void {
  const { message, hint } = toAppError(error);
  process.stderr.write(`${message}\n${hint === null ? '' : `${hint}\n`}`);
  process.exitCode = 2;
}

async function serveHttp(
  build: Parameters<typeof serveOverHttp>[0],
  address: string,
  deps: {
    readonly onError: (error: Error) => void;
    readonly session: ReturnType<typeof openSession>;
    readonly token: string | null;
  },
): Promise<void> {
  const [{ serveOverHttp }, { makeToken }] = await Promise.all([
    import('../transport/http.ts'),
    import('../transport/access.ts'),
  ]);
  const token = deps.token ?? makeToken();
  const service = await serveOverHttp(build, { ...readAddress(address), token, onError: deps.onError });
  process.stderr.write(
    `breakwater serves MCP at ${service.url}\n${deps.token === null ? `bearer token: ${token}\n` : ''}`,
  );
  const leave = () => {
    setTimeout(() => process.exit(0), CLOSE_LIMIT_MS).unref();
    void Promise.allSettled([deps.session.close(), service.close()]).then(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, leave);
}

/** Reads `HOST:PORT`; the host may be left out, which is 127.0.0.1. */
function readAddress(address: string): { readonly host: string; readonly port: number } {
  const match = /^(?:(\[[0-9a-f:.]+\]|[^:]*):)?(\d{1,5})$/i.exec(address);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) {
    throw new AppError('BAD_INPUT', `--http: expected HOST:PORT, got ${quote(address)}.`, {
      hint: 'For example --http 127.0.0.1:7788.',
    });
  }
  return { host: (match[1] ?? '').replace(/^\[|\]$/g, '') || '127.0.0.1', port };
}

interface ServeFlags {
  readonly root: string | null;
  readonly http: string | null;
  readonly readOnly: boolean;
  readonly structuredOutput: boolean;
}

function readFlags(argv: readonly string[]): ServeFlags | null {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        root: { type: 'string' },
        http: { type: 'string' },
        'read-only': { type: 'boolean' },
        'structured-output': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    return values.help === true
      ? null
      : {
          root: values.root ?? null,
          http: values.http ?? null,
          readOnly: values['read-only'] ?? false,
          structuredOutput: values['structured-output'] ?? false,
        };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n`);
    return null;
  }
}
