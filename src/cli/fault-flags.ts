import { type Command, Option } from 'commander';
import { FAULTS } from '../proxy/faults/index.ts';

/** Section of the help in which they stand. */
const HEADING = 'Faults (they stack in the order given):';

/** `after_bytes=4096`, `only.path=/orders`; no mapping begins so. */
const PAIRS = /^[a-z_]+(?:\.[\w-]+)?=/;

/**
 * Adds a flag for each fault, made from its main key: `--latency 80ms`, `--httperror 503,probability=20%`; those that
 * have none take pairs alone: `--refuse`, `--reset after_bytes=4096`.
 * Gives what was written as the argument `faults` of a tool, in the order of the command line; what stands behind
 * `--faults` is among it.
 */
export function addFaultFlags(command: Command): () => { readonly faults?: readonly string[] } {
  const written: string[] = [];
  for (const { type, mainKey, summary } of FAULTS) {
    const name = type.replaceAll('_', '-');
    const value = mainKey === null ? '[key=value]' : `<${mainKey}>`;
    command.addOption(new Option(`--${name} ${value}`, summary).helpGroup(HEADING));
    command.on(`option:${name}`, (given: string | null) => {
      written.push(mainKey === null && !given ? type : `${type}:${given ?? ''}`);
    });
  }
  const parseOptions = command.parseOptions.bind(command);
  command.parseOptions = (words) => parseOptions(joinPairs(words));
  command.on('option:faults', (given: string) => written.push(given));
  return () => (written.length === 0 ? {} : { faults: written });
}

/** Ties pairs to the flag before them, and keeps a flag without any from taking the word behind it for its value. */
function joinPairs(words: readonly string[]): string[] {
  const bare = FAULTS.filter(({ mainKey }) => mainKey === null).map(
    ({ type }) => `--${type.replaceAll('_', '-')}`,
  );
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1) ?? '';
    if (bare.some((flag) => before === `${flag}=`) && PAIRS.test(word))
      joined[joined.length - 1] = before + word;
    else joined.push(bare.includes(word) ? `${word}=` : word);
  }
  return joined;
}
