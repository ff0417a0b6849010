import type { LeanNode } from '../rag/lean-node.ts';
import type { SourceText } from './syntax/source-text.ts';

/** Python files that hold commands by their names, those of Django among them. */
const COMMAND_FILE = /(^|\/)((cli|manage|commands)|management\/commands\/\w+)\.py$/;
/** Commands start workers by functions that are called like this, and those stay. */
const STAYS = /(^|_)(run|start|serve|work(er)?|consume|listen|loop|poll|watch|main)(_|$)/;

/** Whether a file holds commands by its name. */
export function isCommandFile(file: string): boolean {
  return COMMAND_FILE.test(file);
}

/**
 * Says whether a place of a Python file stands in a function that commands call and nothing else names.
 * `served` are the Python texts of the service, `commands` those of its commands. Each name is looked for once.
 */
export function createCommandCallers(served: readonly string[], commands: readonly string[]) {
  const known = new Map<string, boolean>();
  const isOfCommands = (name: string): boolean => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const called = new RegExp(`(?<!\\bdef\\s+|\\w)${name}\\(`);
    const named = new RegExp(`(?<!\\bdef\\s+|\\w)${name}(?!\\w)`);
    const found =
      commands.some((text) => text.includes(name) && called.test(text)) &&
      !served.some((text) => text.includes(name) && named.test(text));
    known.set(name, found);
    return found;
  };
  return (source: SourceText, offset: number): boolean => {
    if (commands.length === 0 || source.language !== 'python') return false;
    const around = source
      .nodes('function_definition')
      .filter(({ start, end }) => start <= offset && offset < end);
    const name = around.at(-1)?.child('name')?.text;
    return name !== undefined && !STAYS.test(name) && !isDecorated(around.at(-1)) && isOfCommands(name);
  };
}

/** A decorator may hand the function to somebody else: a route, a task. */
function isDecorated(definition: LeanNode | undefined): boolean {
  return definition?.parent?.type === 'decorated_definition';
}
