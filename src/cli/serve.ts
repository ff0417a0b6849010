import { parseArgs } from 'node:util';
import { readSurroundings } from '../config.ts';
import { openLog } from '../log.ts';
import { PROMPTS } from '../prompts/index.ts';
import { RESOURCES } from '../resources/index.ts';
import { buildServer } from '../server.ts';
import { TOOLS } from '../tools/index.ts';
import { openSession } from '../tools/session/session.ts';
import { serveOverStdio } from '../transport/stdio.ts';
import { readVersion } from '../version.ts';

const HELP = `breakwater serve: the MCP server over stdin and stdout.

  --root FOLDER          the workspace; default BREAKWATER_WORKSPACE, CLAUDE_PROJECT_DIR, else this folder
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
      tools: TOOLS,
      resources: RESOURCES,
      prompts: PROMPTS,
      structuredOutput: flags.structuredOutput,
    });
  serveOverStdio(build, {
    onError: (error) => log.warn({ seen: error.message }, 'the protocol reported an error'),
    close: () => session.close(),
  });
}

function readFlags(
  argv: readonly string[],
): { readonly root: string | null; readonly structuredOutput: boolean } | null {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        root: { type: 'string' },
        'structured-output': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    return values.help === true
      ? null
      : { root: values.root ?? null, structuredOutput: values['structured-output'] ?? false };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n`);
    return null;
  }
}
