import { type Command, Option } from 'commander';
import { FAULTS } from '../proxy/faults/index.ts';

/** Section of the help in which they stand. */
const HEADING = 'Faults (they stack in the order given):';

/**
 * Adds a flag for each fault, made from its main key: `--latency 80ms`, `--httperror 503,probability=20%`, `--refuse`.
 * Gives what was written as the argument `faults` of a tool, in the order of the command line; what stands behind
 * `--faults` is among it.
 */
export function addFaultFlags(command: Command): () => { readonly faults?: readonly string[] } {
  const written: string[] = [];
  for (const { type, mainKey, summary } of FAULTS) {
    const name = type.replaceAll('_', '-');
    const value = mainKey === null ? '' : ` <${mainKey}>`;
    command.addOption(new Option(`--${name}${value}`, summary).helpGroup(HEADING));
    command.on(`option:${name}`, (given: string | null) => {
      written.push(mainKey === null ? type : `${type}:${given ?? ''}`);
    });
  }
  command.on('option:faults', (given: string) => written.push(given));
  return () => (written.length === 0 ? {} : { faults: written });
}
