import { TOOLS } from '../tools/index.ts';
import type { AnyTool } from '../tools/tool.ts';

/** A shell command made from a tool: its positional words fill the arguments named here. */
export interface ToolCommand {
  readonly command: string;
  readonly tool: AnyTool;
  /** Commander's notation, e.g. `[spec]` or `<query>`. */
  readonly words: readonly string[];
  /** Gives the tool's arguments from the words. */
  readonly read: (words: readonly string[]) => Record<string, unknown>;
  readonly example: string;
  /** What the help says where it is not what the tool is for. */
  readonly summary: string | null;
  /** Flags without a value that stand for arguments. */
  readonly switches: readonly Switch[];
}

export interface Switch {
  readonly name: string;
  readonly description: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** All shell commands that are tools, in the order of the loop. */
export const TOOL_COMMANDS: readonly ToolCommand[] = [
  named(
    'generate',
    'scenario_generate',
    ['[spec]'],
    ([spec]) => ({ spec }),
    'breakwater generate http://127.0.0.1:8000/openapi.json --output scenarios.yaml',
  ),
  named(
    'run',
    'scenario_run',
    ['[files...]'],
    (files) => ({ file: files.length === 0 ? undefined : files.join('\n') }),
    'breakwater run scenarios.yaml',
    [{ name: 'serial', description: 'one item after another, as --parallel 1', args: { parallel: 1 } }],
  ),
  named(
    'probe',
    'fault_probe',
    ['[url]'],
    ([url]) => ({ url }),
    'breakwater probe http://127.0.0.1:8000/ --latency 300ms',
  ),
  named(
    'report',
    'run_report',
    ['[run]'],
    ([run]) => ({ run_id: run }),
    'breakwater report latest --view full',
  ),
  named(
    'compare',
    'run_report',
    ['<before>', '<after>'],
    ([before, after]) => ({ run_id: after, view: 'compare', compare_to: before }),
    'breakwater compare run_1 run_2',
    [],
    'Compares two runs item by item: fixed, improved, unchanged, regressed.',
  ),
  named('index', 'code_index', ['[path]'], ([path]) => ({ path }), 'breakwater index'),
  named(
    'search',
    'code_search',
    ['[query...]'],
    (words) => ({ query: words.length === 0 ? undefined : words.join(' ') }),
    'breakwater search payment client timeout',
  ),
  named(
    'context',
    'code_context',
    ['[operation...]'],
    readOperation,
    'breakwater context GET /orders/{order_id}',
  ),
  named('review', 'review_code', ['[path]'], ([path]) => ({ path }), 'breakwater review --run-id latest'),
  named(
    'patch',
    'patch_propose',
    ['[findings...]'],
    (findings) => ({ finding_ids: findings }),
    'breakwater patch fnd_0123',
  ),
  named(
    'verify',
    'patch_verify',
    ['[patch]'],
    ([patch]) => ({ patch_id: patch ?? 'latest' }),
    'breakwater verify pat_0123 --yes',
  ),
  named(
    'drill',
    'drill_run',
    ['[drills...]'],
    (drills) => ({ drills }),
    'breakwater drill database_down --phase-seconds 10',
  ),
];

function named(
  command: string,
  toolName: string,
  words: readonly string[],
  read: (words: readonly string[]) => Record<string, unknown>,
  example: string,
  switches: readonly Switch[] = [],
  summary: string | null = null,
): ToolCommand {
  const tool = TOOLS.find(({ name }) => name === toolName);
  if (tool === undefined) throw new Error(`no tool ${toolName}`);
  return { command, tool, words, read, example, switches, summary };
}

function readOperation([first, second]: readonly string[]): Record<string, unknown> {
  if (first === undefined) return {};
  return second === undefined ? { operation_id: first } : { method: first.toUpperCase(), path: second };
}
