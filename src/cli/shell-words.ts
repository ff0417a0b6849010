import type { NextCall } from '../tools/session/answer.ts';
import { TOOL_COMMANDS, type ToolCommand } from './commands.ts';

/**
 * Says in a shell's words what is written for a model: `run_report {"view":"full"}` is
 * `breakwater report --view full`, and the name of a tool is that of its command.
 */
export function inShellWords(text: string): string {
  const names = new RegExp(`\\b(?:${[...COMMANDS.keys()].join('|')})\\b`, 'g');
  let shown = '';
  let done = 0;
  for (const { 0: name, index } of text.matchAll(names)) {
    if (index < done) continue;
    const args = readArguments(text, index + name.length);
    shown += text.slice(done, index) + toCommand(name, args?.value ?? {});
    done = args?.end ?? index + name.length;
  }
  return shown + text.slice(done);
}

/** The command that makes a call; `null`: a shell has none. */
export function showCommand({ tool, args }: NextCall): string | null {
  return COMMANDS.has(tool) ? toCommand(tool, args) : null;
}

/** The first command of each tool: `compare` is one more of `run_report`. */
const COMMANDS: ReadonlyMap<string, ToolCommand> = new Map(
  TOOL_COMMANDS.toReversed().map((command) => [command.tool.name, command]),
);

function toCommand(tool: string, args: Readonly<Record<string, unknown>>): string {
  const flags = Object.entries(args).flatMap(([name, value]) => toFlag(name, value));
  return ['breakwater', COMMANDS.get(tool)?.command ?? tool, ...flags].join(' ');
}

function toFlag(name: string, value: unknown): readonly string[] {
  const flag = `--${name.replaceAll('_', '-')}`;
  // Nobody waits for a shell, which is there until the end.
  if (value === false || name === 'wait_seconds') return [];
  if (value === true) return [flag];
  const values = Array.isArray(value) ? value : [value];
  return [flag, ...values.map((each) => quoteWord(typeof each === 'string' ? each : JSON.stringify(each)))];
}

/** A word of a POSIX shell, on Windows of cmd; what is plain stands as it is. */
function quoteWord(text: string): string {
  if (process.platform === 'win32')
    return /^[\w./\\:@+=-]+$/.test(text) ? text : `"${text.replaceAll('"', '\\"')}"`;
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The JSON object that follows a tool's name, and where it ends. */
function readArguments(
  text: string,
  from: number,
): { readonly value: Record<string, unknown>; readonly end: number } | null {
  const start = /^\s*(?=\{)/.exec(text.slice(from))?.[0];
  if (start === undefined) return null;
  for (let end = text.indexOf('}', from) + 1; end > 0; end = text.indexOf('}', end) + 1) {
    try {
      return { value: JSON.parse(text.slice(from + start.length, end)), end };
    } catch {
      // A brace inside: the object ends at a later one.
    }
  }
  return null;
}
