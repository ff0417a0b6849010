#!/usr/bin/env node
import { readVersion } from './version.ts';

const [first] = process.argv.slice(2);

if (first === '--version' || first === '-V') {
  process.stdout.write(`${readVersion()}\n`);
} else if (first === 'serve') {
  // The protocol's first answer is waited for: nothing is loaded that it does not need.
  const { serve } = await import('./cli/serve.ts');
  await serve(process.argv.slice(3));
} else {
  const { runCommandLine } = await import('./cli/command-line.ts');
  process.exitCode = await runCommandLine(process.argv);
}
