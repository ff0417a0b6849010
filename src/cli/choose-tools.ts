import { AppError } from '../errors.ts';
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

/**
 * The tools of the groups that `--tools` names (`undefined`: all), without those that change something.
 *
 * @throws AppError BAD_INPUT for an unknown group, and where none is left.
 */
export function chooseTools(named: readonly string[] | undefined, readOnly: boolean): readonly AnyTool[] {
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
