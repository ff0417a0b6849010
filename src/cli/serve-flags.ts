import { parseArgs } from 'node:util';
import { AppError } from '../errors.ts';
import { parseListenAddress } from '../listen-address.ts';
import { TOOL_GROUPS, TOOLS } from '../tools/index.ts';
import type { AnyTool } from '../tools/tool.ts';
import { quote } from '../units.ts';

const GROUP_NAMES = Object.keys(TOOL_GROUPS);

export const SERVE_HELP = `breakwater serve: the MCP server over stdin and stdout, or over HTTP.

  --root FOLDER          the workspace; default BREAKWATER_WORKSPACE, CLAUDE_PROJECT_DIR, else this folder
  --http HOST:PORT       serve Streamable HTTP at http://HOST:PORT/mcp instead (older hosts: HTTP with SSE at /sse);
                         clients need the bearer token that BREAKWATER_TOKEN holds, else one that is made and shown
  --tools GROUP,…        only the tools of these groups: ${GROUP_NAMES.join(', ')}; default all
  --read-only            only the tools that change nothing and start nothing
  --structured-output    give the facts of each answer as structuredContent too
`;

export interface HttpAddress {
  readonly host: string;
  readonly port: number;
}

export interface ServeFlags {
  readonly root: string | null;
  /** `null`: over stdin and stdout. */
  readonly http: HttpAddress | null;
  readonly tools: readonly AnyTool[];
  readonly structuredOutput: boolean;
}

/**
 * Reads the flags of `serve`; `null`: the help is asked for.
 *
 * @throws AppError BAD_INPUT
 */
export function readServeFlags(argv: readonly string[]): ServeFlags | null {
  const values = parse(argv);
  if (values.help === true) return null;
  return {
    root: values.root ?? null,
    http: values.http === undefined ? null : readAddress(values.http),
    tools: chooseTools(values.tools, values['read-only'] ?? false),
    structuredOutput: values['structured-output'] ?? false,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        root: { type: 'string' },
        http: { type: 'string' },
        tools: { type: 'string', multiple: true },
        'read-only': { type: 'boolean' },
        'structured-output': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (cause) {
    const seen = cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : String(cause);
    throw new AppError('BAD_INPUT', `serve: ${seen.replace(/\.?$/, '.')}`, {
      hint: 'breakwater serve --help lists the flags.',
      cause,
    });
  }
}

function chooseTools(named: readonly string[] | undefined, readOnly: boolean): readonly AnyTool[] {
  const groups = named === undefined ? GROUP_NAMES : named.flatMap(readGroups);
  const wanted = new Set(groups.flatMap((group) => TOOL_GROUPS[group] ?? []));
  const tools = TOOLS.filter((tool) => wanted.has(tool) && (!readOnly || tool.nature.readOnly));
  if (tools.length > 0) return tools;
  throw new AppError('BAD_INPUT', `--tools ${groups.join(',')} --read-only leaves no tool to serve.`, {
    hint: 'Leave one of the two out, or add the group code, whose searches change nothing.',
  });
}

function readGroups(text: string): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = names.find((name) => !Object.hasOwn(TOOL_GROUPS, name));
  if (names.length > 0 && unknown === undefined) return names;
  throw new AppError('BAD_INPUT', `--tools: there is no group ${quote(unknown ?? text)}.`, {
    hint: `The groups are ${GROUP_NAMES.join(', ')}; separate several by commas.`,
  });
}

/** Reads `HOST:PORT`; the host may be left out, which is 127.0.0.1. */
function readAddress(address: string): HttpAddress {
  const read = parseListenAddress(address);
  if (read === null) {
    throw new AppError('BAD_INPUT', `--http: expected HOST:PORT, got ${quote(address)}.`, {
      hint: 'For example --http 127.0.0.1:7788.',
    });
  }
  return { host: read.host || '127.0.0.1', port: read.port };
}
