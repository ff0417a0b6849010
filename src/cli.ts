#!/usr/bin/env node
import { basename } from 'node:path';
import { readVersion } from './version.ts';

const [first, , third] = process.argv.slice(2);
/** `npx breakwater-mcp`, as hosts write it, is the server, whatever its flags; with a command it is the shell's. */
const leading = first === '--root' ? third : first;
const isServer =
  /^breakwater-mcp(\.\w+)?$/.test(basename(process.argv[1] ?? '')) &&
  (leading === undefined || (leading.startsWith('--') && leading !== '--help'));

if (first === '--version' || first === '-V') {
  process.stdout.write(`${readVersion()}\n`);
} else if (first === 'serve' || isServer) {
  // The protocol's first answer is waited for: nothing is loaded that it does not need.
  const { serve } = await import('./cli/serve.ts');
  process.exitCode = await serve(process.argv.slice(first === 'serve' ? 3 : 2));
} else {
  const { runCommandLine } = await import('./cli/command-line.ts');
  process.exitCode = await runCommandLine(process.argv);
}
